import type { Change } from "#lib/contract/change.ts";
import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import { leastHappy, type Outcome } from "#lib/contract/outcome.ts";
import { eventRecord } from "#lib/ledger/event-record.ts";
import type { DeliveredEntry } from "./deliver-rows.ts";
import type { ImportPlan } from "./import-plan.ts";

// What the ledger holds about an import: one entry for the import, one for each chunk while it is in work, one for each row.

/** The name of uploads in the ledger, where a source's name is otherwise. */
export const uploadsSource = "uploads";

/**
 * How long an invocation holds an import or a chunk before another invocation may take it over, in seconds: as long as a
 * function may run.
 */
export const leaseSeconds = 900;

export const importKey = (id: string): EventKey => ({ source: uploadsSource, id });

/** Claimed while the chunk is in work; it never gets a record. */
export const chunkKey = (id: string, chunk: number): EventKey => ({
  source: uploadsSource,
  id: `${id}/chunk-${chunk}`,
});

/** @param place where the row is in its file. */
export const rowKey = (id: string, place: string): EventKey => ({
  source: uploadsSource,
  id: `${id}/${place}`,
});

type ImportStart = Pick<ImportPlan, "import" | "startedAt">;

/** The bucket's access policy is the proof: a principal that may write into it may import. */
const receptionOf = ({ startedAt }: ImportStart) => ({ receivedAt: startedAt, proof: "bucket" });

/** @param now milliseconds since 1970, as below. */
export function importRecord(start: ImportStart, outcome: Outcome, now: number): EventRecord {
  const key = importKey(start.import);
  return eventRecord({ key, type: "import", reception: receptionOf(start), outcome }, now);
}

/** The record of a row: of all that it brings, with the outcome that needs attention most. */
export function rowRecord(
  start: ImportStart,
  {
    place,
    entries,
  }: { place: string; entries: readonly Pick<DeliveredEntry, "change" | "externalId" | "outcome">[] },
  now: number,
): EventRecord {
  let externalId: string | undefined;
  const changes: Change[] = [];
  for (const { change, externalId: own } of entries) {
    externalId ??= change ? externalIdOf(change) : own;
    if (change) changes.push(change);
  }
  return eventRecord(
    {
      key: rowKey(start.import, place),
      type: "row",
      externalId,
      reception: receptionOf(start),
      changes,
      outcome: leastHappy(entries.map(({ outcome }) => outcome)) ?? {
        kind: "rejected",
        reason: "unreadable",
      },
    },
    now,
  );
}

/** Our id of the person that a row is about, where the row says it. */
export function externalIdOf(change: Change): string | undefined {
  return change.kind === "create" ? change.person.externalId : change.who.externalId;
}
