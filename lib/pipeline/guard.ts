import type { Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ApplyRun, Decided } from "./applying.ts";
import { closes, departmentsIn } from "./order.ts";

/** Departures of one source within an hour that are taken without a question: this many, or this share of its people. */
export const departuresTaken = { atMost: 10, share: 0.05 } as const;
/** Why a departure is held that comes with too many others. */
export const massDeparture = "mass-departure";
const windowSeconds = 3600;

/** How many departures are taken without a question, of a source with so many people. */
export const takenOf = (people: number, { atMost, share }: { atMost: number; share: number }): number =>
  Math.max(atMost, Math.floor(people * share));

/**
 * Whether what is about to happen closes an account that its source had not closed before. A departure counts although the person was suspended
 * before: the policy may delete the account. Of a person that the ledger does not know, only a
 * source that may link accounts closes one: the first list of a source holds many who left long ago.
 */
function isDeparture({ decision, knowledge: { known, person } }: Decided): boolean {
  const isKnown = known?.userId !== undefined || person !== undefined;
  return decision.steps.some(
    (step) =>
      "task" in step &&
      (isKnown || step.task.links) &&
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
  { departures: decidedBefore }: Pick<ApplyRun, "departures"> = {},
): Promise<Decided> {
  if (decidedBefore === "taken" || !isDeparture(decided)) return decided;
  if (decidedBefore === "held") return held(decided);
  const { key, changes, knowledge } = decided;
  const departures = await ledger.countDeparture(key, windowSeconds);
  // As many are taken of any source. Its people are counted for what comes after them.
  if (departures <= departuresTaken.atMost) return decided;
  const people = await ledger.countSubjects(key.source);
  const taken = takenOf(people, departuresTaken);
  if (departures <= taken) return decided;
  const told = [...(knowledge.known?.departments ?? []), ...departmentsIn(changes)];
  const departments = [...new Set(told)].join(",");
  log.error("departures held", { source: key.source, departures, taken, people, departments });
  return held(decided);
}

function held({ decision, ...decided }: Decided): Decided {
  const outcome = { kind: "held", reason: massDeparture } as const;
  return {
    ...decided,
    decision: { ...decision, steps: decision.steps.map(({ change }) => ({ change, outcome })) },
  };
}
