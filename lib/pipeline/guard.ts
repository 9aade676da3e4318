import type { Ledger, SubjectRecord } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent } from "#lib/contract/source.ts";

/** Departures of one source within an hour that are taken without a question: this many, or this share of its people. */
const alwaysTaken = 10;
const shareTaken = 0.05;
const windowSeconds = 3600;

/**
 * Whether a person is away after a change, as far as it tells. Some sources say it as a departure, others as a new status: of
 * those, only an activated account can be used.
 */
export function isAwayAfter(change: Change): boolean | undefined {
  if (change.kind === "leave") return true;
  if (change.kind === "import-otp") return undefined;
  const { status } = change.person;
  return status === undefined ? (change.kind === "create" ? false : undefined) : status !== "Activated";
}

/** Whether an event closes an account that its source had not closed before. */
export function isDeparture(changes: readonly Change[], known: SubjectRecord | undefined): boolean {
  return changes.some(
    (change) =>
      change.kind === "leave" || (change.kind === "update" && isAwayAfter(change) === true && !known?.left),
  );
}

/**
 * Whether a departure may go on. An empty roster, a permission that was taken away or a slip in a settings page looks like
 * everybody leaving at once: beyond what an hour normally sees, departures are held until a person has looked.
 *
 * The first ones of a wave, 10 or 5 % of the source's people, are through before it is seen to be one. That is meant: they
 * come one at a time, and to hold each for an hour would let everybody who leaves in for that hour.
 */
export async function mayLeave(
  source: string,
  event: SourceEvent,
  changes: readonly Change[],
  known: SubjectRecord | undefined,
  { ledger, log }: { readonly ledger: Ledger; readonly log: Log },
): Promise<boolean> {
  const [departures, people] = await Promise.all([
    ledger.countDeparture({ source, id: event.id }, windowSeconds),
    ledger.countSubjects(source),
  ]);
  const taken = Math.max(alwaysTaken, Math.floor(people * shareTaken));
  if (departures <= taken) return true;
  const told = changes.flatMap((change) => ("person" in change ? (change.person.departmentIds ?? []) : []));
  log.error("departures held", {
    source,
    departures,
    taken,
    people,
    departments: [...new Set([...(known?.departments ?? []), ...told])].join(","),
  });
  return false;
}
