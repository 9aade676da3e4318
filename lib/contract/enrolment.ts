/**
 * What a sender posted for its own secret while there was none: some senders make the secret themselves and post it first. It is
 * unproven, so an operator decides whether it becomes the secret.
 */
export interface Enrolment {
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  /** Fields of the source's secret. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where enrolments wait for the operator: one for each source, the newest. */
export interface EnrolmentKeeper {
  /** Resolves when it is safely kept, in place of an earlier one of the same source. Throws `unavailable` otherwise. */
  keep(enrolment: Enrolment): Promise<void>;
}
