import type { Change } from "#lib/contract/change.ts";
import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { fieldsOnlyAtCreate } from "#lib/contract/person.ts";

/**
 * How long the ledger keeps an outcome, in seconds. For so long `explain` can answer, and the same event, row or file is
 * recognised when it comes again. A sender that repeats a delivery for longer gets its own time on top.
 */
export const outcomesKeptSeconds = 90 * 86_400;

/** An event, a row or an import whose outcome is decided. */
interface DecidedEvent {
  readonly key: EventKey;
  readonly type: string;
  /** The source's id of the person. Default empty: the file of an upload has no subject. */
  readonly subject?: string | undefined;
  readonly externalId?: string | undefined;
  /** ISO 8601, UTC. Default: when it was received. */
  readonly occurredAt?: string | undefined;
  /** When it came in (ISO 8601, UTC), and how the sender proved its identity. */
  readonly reception: Pick<EventRecord, "receivedAt" | "proof">;
  /** What it means for Authing, in order. Default none: it was not translated, or none of it was applied. */
  readonly changes?: readonly Change[];
  readonly outcome: Outcome;
}

/**
 * Builds the record of an event: the only place where the ledger's view of an event is put together.
 *
 * @param now milliseconds since 1970: when the outcome was decided.
 */
export function eventRecord(
  { key, type, subject = "", externalId, occurredAt, reception, changes = [], outcome }: DecidedEvent,
  now: number,
): EventRecord {
  const traced = changes.filter((change) => "trail" in change);
  const dropped = traced.flatMap((change) => [
    ...(change.dropped ?? []),
    // An update of Authing ignores these fields, so the record says that they were dropped.
    ...(change.kind === "update" ? fieldsOnlyAtCreate.filter((field) => field in change.person) : []).map(
      (field) => ({ path: change.trail[field] ?? field, problem: "only-at-create" }),
    ),
  ]);
  return {
    source: key.source,
    id: key.id,
    type,
    subject,
    ...(externalId !== undefined && { externalId }),
    occurredAt: occurredAt ?? reception.receivedAt,
    receivedAt: reception.receivedAt,
    settledAt: new Date(now).toISOString(),
    proof: reception.proof,
    changes: changes.map((change) => change.kind),
    trail: Object.assign({}, ...traced.map((change) => change.trail)),
    ...(dropped.length > 0 && { dropped }),
    outcome,
  };
}
