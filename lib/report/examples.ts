/** The first rows that a reason was given for: where they are, and the beginnings of their first cells, without secrets. */
export interface ReasonExample {
  readonly place: string;
  readonly cells: readonly string[];
}

/** Reason or note, as `column: code` → its first rows. */
export type Examples = Readonly<Record<string, readonly ReasonExample[]>>;

/** The note for a person whose account stays as it is, with other values: the only note that has examples. */
export const accountDiffers = { code: "account-differs" } as const;
