import type { Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Decided } from "./applying.ts";
import { closes, departmentsIn } from "./order.ts";

/** Departures of one source within an hour that are taken without a question: this many, or this share of its people. */
const alwaysTaken = 10;
const shareTaken = 0.05;
const windowSeconds = 3600;

/** Whether what is about to happen closes an account that its source had not closed before. */
function isDeparture({ decision, knowledge: { known } }: Decided): boolean {
  return decision.steps.some(
    (step) =>
      "task" in step &&
      closes(step.change) === true &&
      (step.change.kind === "leave" || (step.change.kind === "update" && !known?.isClosed)),
  );
}

/**
 * Holds a departure back while more leave than an hour normally sees. An empty roster, a permission that was taken away or a slip in
 * a settings page looks like everybody leaving at once: then departures are held until an operator has looked.
 *
 * The first ones of a wave, 10 or 5 % of the source's people, are through before it is seen to be one. That is meant: they
 * come one at a time, and to hold each for an hour would let everybody who leaves in for that hour.
 */
export async function holdMassDeparture(
  decided: Decided,
  { ledger, log }: { readonly ledger: Ledger; readonly log: Log },
): Promise<Decided> {
  if (!isDeparture(decided)) return decided;
  const { key, changes, decision, knowledge } = decided;
  const [departures, people] = await Promise.all([
    ledger.countDeparture(key, windowSeconds),
    ledger.countSubjects(key.source),
  ]);
  const taken = Math.max(alwaysTaken, Math.floor(people * shareTaken));
  if (departures <= taken) return decided;
  const told = [...(knowledge.known?.departments ?? []), ...departmentsIn(changes)];
  const departments = [...new Set(told)].join(",");
  log.error("departures held", { source: key.source, departures, taken, people, departments });
  const outcome = { kind: "held", reason: "mass-departure" } as const;
  return {
    ...decided,
    decision: { ...decision, steps: decision.steps.map(({ change }) => ({ change, outcome })) },
  };
}
