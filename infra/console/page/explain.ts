import type { ExplainedReason } from "#lib/reasons/explain-reason.ts";

/** Sentences about reasons for a report: the page has fetched those of the reader's language alone. */
export const explainWith =
  (reasons: Readonly<Record<string, ExplainedReason>>) =>
  (code: string, language: "en" | "zh"): ExplainedReason | undefined =>
    document.documentElement.lang.startsWith(language) && Object.hasOwn(reasons, code)
      ? reasons[code]
      : undefined;
