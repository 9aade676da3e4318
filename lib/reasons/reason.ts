/** The languages in which reasons are explained. */
export type Language = "en" | "zh";

/**
 * What a reason means, and what to do about it. Where a failure brings a hint of its own, from where it went wrong, that hint is more
 * precise and is shown in place of `next`.
 */
export interface Reason {
  /** One sentence: what happened, and what that means for the person and the account. */
  readonly en: string;
  /** One sentence: what to do next. Absent where there is nothing to explain. */
  readonly enNext?: string;
  readonly zh: string;
  readonly zhNext?: string;
  /**
   * The commands for it, in the order of the sentence. Placeholders: `{source}`; `{id}` of the event; `{reason}`, the code itself;
   * `{stage}` at the end, which becomes e.g. ` --stage prod`, or nothing on a laptop.
   */
  readonly run?: readonly string[];
}

/** Reasons of one subject, as one section of docs/reasons.md. */
export interface ReasonGroup {
  readonly title: Readonly<Record<Language, string>>;
  readonly about: Readonly<Record<Language, string>>;
  readonly reasons: Readonly<Record<string, Reason>>;
}
