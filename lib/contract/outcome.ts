/** What finally became of an event or a row. Exactly one of these. */
type OutcomeKind =
  /** Authing has it, by our doing. */
  | "accepted"
  /** Authing had it already: a duplicate, or another event of the same person. */
  | "already-done"
  /** Something newer about the same person was applied before. */
  | "superseded"
  /** Authing or our own rules will never take it; `reason` and `field` say why. */
  | "rejected"
  /** Waits for a person's decision. */
  | "held"
  /** Could not be understood or delivered; it waits in the dead letters with its reason. */
  | "dead";

/** Of several changes of one event or row: it counts as the least happy of them. */
export function leastHappy(outcomes: readonly Outcome[]): Outcome | undefined {
  const order = ["dead", "rejected", "held", "accepted", "superseded", "already-done"] as const;
  const kind = order.find((candidate) => outcomes.some((outcome) => outcome.kind === candidate));
  return outcomes.find((candidate) => candidate.kind === kind);
}

/** Whether Authing has it by our doing, if only in part. */
export const isDone = ({ kind, partly }: Outcome): boolean => kind === "accepted" || partly === true;

/** An outcome. Codes, ids and field names only: never a value. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** A constant text in kebab-case, e.g. `conflict`. */
  readonly reason?: string;
  /** Authing's field that the reason is about, e.g. `email`. */
  readonly field?: string;
  /** Of a rejection: all but `field` was applied. */
  readonly partly?: true;
  /** The event or row that did it before: `source/eventId` or `import/row`. */
  readonly by?: string;
  /** Authing's request id of the call that decided. */
  readonly requestId?: string;
  /** Authing's codes, as they came, where a refusal has any. */
  readonly statusCode?: number;
  readonly apiCode?: number;
  /** Authing's id of the person. */
  readonly userId?: string;
}
