import * as fc from "fast-check";
import type { ScriptedFault } from "#infra/sandbox/faults.ts";
import type { PoolRules } from "#infra/sandbox/pool-rules.ts";
import type { Asked } from "./asked.ts";
import type { PortFault } from "./port-faults.ts";

// What happens around the statements of sources: repetitions, batches, faults, ends of processes, decisions of operators.

export interface Trouble extends Pick<PoolRules, "batchMode" | "unknownInLookUp"> {
  readonly lookUpLagMilliseconds: number;
  /** Which statements come again, and after how many others. */
  readonly repeated: readonly { readonly which: number; readonly after: number }[];
  /** How many statements come at a time, and how many seconds lie in between. */
  readonly portion: number;
  readonly pauseSeconds: number;
  readonly batchSize: number;
  readonly invocationsAtOnce: number;
  /** Of Authing. */
  readonly faults: readonly ScriptedFault[];
  /** Of the ports of AWS. */
  readonly portFaults: readonly PortFault[];
  /** After how many steps the process of the moment ends. */
  readonly deaths: readonly number[];
  /** What operators do, and after how many portions. */
  readonly acts: readonly { readonly after: number; readonly request: Asked }[];
  /** What an operator decides about departures that are held in the end, if anything. */
  readonly decision: "release" | "discard" | "later";
}

const fault: fc.Arbitrary<ScriptedFault> = fc.record({
  on: fc.constantFrom(
    "any",
    "create-users-batch",
    "update-user",
    "set-user-departments",
    "resign-user-batch",
    "get-user",
  ),
  fault: fc.constantFrom(
    { kind: "none" },
    { kind: "http-429" },
    { kind: "http-429", retryAfterSeconds: 2 },
    { kind: "body-429" },
    { kind: "http-500" },
    { kind: "body-500", applied: true },
    { kind: "http-502", applied: true },
    { kind: "http-503" },
    { kind: "html-200", applied: true },
    { kind: "unauthorized" },
    { kind: "hang-after-applying" },
    { kind: "reset-after-applying" },
    { kind: "reset-before-applying" },
    { kind: "slow", milliseconds: 5_000 },
  ),
});

/** A call of a port that fails. */
export const portFault: fc.Arbitrary<PortFault> = fc.record({
  after: fc.integer({ min: 1, max: 60 }),
  kind: fc.constantFrom("fails-before", "fails-after", "slow"),
});

const requestAbout = (sources: readonly string[]): fc.Arbitrary<Asked> => {
  const source = fc.constantFrom(...sources);
  return fc.oneof(
    fc.record({ operation: fc.constant("pause" as const), source }),
    fc.record({ operation: fc.constant("resume" as const), source }),
    fc.constant<Asked>({ operation: "release" }),
    fc.constant<Asked>({ operation: "discard", kind: "held" }),
    fc.constant<Asked>({ operation: "redrive", kind: "rejected" }),
    // Previews change nothing, at any moment.
    fc.constant<Asked>({ operation: "redrive", kind: "rejected", mode: "preview" }),
    fc.constant<Asked>({ operation: "release", mode: "preview" }),
  );
};

/** What may happen around the statements of these sources: the parts of a record. */
export const troubleAround = (sources: readonly string[]) => ({
  batchMode: fc.constantFrom("all-or-nothing" as const, "partial" as const),
  unknownInLookUp: fc.constantFrom("left-out" as const, "refused" as const),
  lookUpLagMilliseconds: fc.constantFrom(0, 0, 2_000),
  repeated: fc.array(fc.record({ which: fc.nat({ max: 30 }), after: fc.nat({ max: 30 }) }), { maxLength: 3 }),
  portion: fc.integer({ min: 1, max: 12 }),
  pauseSeconds: fc.constantFrom(0, 0, 20, 90),
  batchSize: fc.integer({ min: 1, max: 10 }),
  invocationsAtOnce: fc.integer({ min: 1, max: 3 }),
  faults: fc.array(fault, { maxLength: 8 }),
  portFaults: fc.array(portFault, { maxLength: 4 }),
  deaths: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 3 }),
  acts: fc.array(fc.record({ after: fc.nat({ max: 8 }), request: requestAbout(sources) }), { maxLength: 3 }),
  decision: fc.constantFrom("release" as const, "discard" as const, "later" as const),
});
