/** What finally became of an event or a row. Exactly one of these. */
type OutcomeKind =
  /** It was applied at Authing by us. */
  | "accepted"
  /** Authing had it already: a duplicate, or another event of the same person was applied. */
  | "already-done"
  /** Something newer about the same person was applied before. */
  | "superseded"
  /** Authing or our own rules will always refuse it; `reason` and `field` say why. */
  | "rejected"
  /** It waits for an operator's decision. */
  | "held"
  /** It could not be understood or delivered; it waits in the dead letters with its reason. */
  | "dead";

/** The outcome of an event or row with several changes: the worst of theirs. */
export function leastHappy(outcomes: readonly Outcome[]): Outcome | undefined {
  if (outcomes.length <= 1) return outcomes[0];
  const order = ["dead", "rejected", "held", "accepted", "superseded", "already-done"] as const;
  const kind = order.find((candidate) => outcomes.some((outcome) => outcome.kind === candidate));
  return outcomes.find((candidate) => candidate.kind === kind);
}

/** `rejected conflict (email)`: how an outcome is told in one line. What is parked is told alike. */
export const outcomeText = ({ kind, reason, field }: OutcomeFacts): string =>
  [kind, reason, field && `(${field})`].filter(Boolean).join(" ");

interface OutcomeFacts {
  readonly kind: string;
  readonly reason?: string | undefined;
  readonly field?: string | undefined;
}

/** Whether it was applied at Authing by us, at least in part. */
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
  /** Of a rejection: the account was closed all the same, and nothing else was applied. */
  readonly closed?: true;
  /** Of a row whose person's account exists and stays as it is: Authing's fields that the account has otherwise. */
  readonly differs?: readonly string[];
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
