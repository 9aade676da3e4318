import type { Ledger, SubjectRecord } from "#lib/ledger/ledger.ts";
import type { Log } from "./ports.ts";
import type { SourceEvent } from "./source.ts";

/** Departures of one source within an hour that are taken without a question: this many, or this share of its people. */
const alwaysTaken = 10;
const shareTaken = 0.05;
const windowSeconds = 3600;

/**
 * Whether a departure may go on. An empty roster, a permission that was taken away or a slip in a settings page looks like
 * everybody leaving at once: beyond what an hour normally sees, departures are held until a person has looked.
 */
export async function mayLeave(
  source: string,
  event: SourceEvent,
  known: SubjectRecord | undefined,
  { ledger, log }: { readonly ledger: Ledger; readonly log: Log },
): Promise<boolean> {
  const [departures, people] = await Promise.all([
    ledger.countDeparture({ source, id: event.id }, windowSeconds),
    ledger.countSubjects(source),
  ]);
  const taken = Math.max(alwaysTaken, Math.floor(people * shareTaken));
  if (departures <= taken) return true;
  log.error("departures held", {
    source,
    departures,
    taken,
    people,
    departments: known?.departments?.join(",") ?? "",
  });
  return false;
}
