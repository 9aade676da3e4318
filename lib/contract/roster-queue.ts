/** The next step of a run over a roster is to be done: where its state is, and no personal data. */
export interface RosterMessage {
  readonly kind: "roster";
  readonly bucket: string;
  readonly source: string;
  readonly run: string;
}

/** Where runs over rosters wait for their next step. Messages may be delivered twice. */
export interface RosterQueue {
  /** Resolves only when the message is safely kept. Throws `unavailable` otherwise. */
  send(message: RosterMessage): Promise<void>;
}
