import type { PageReason } from "#infra/console/page-reasons.ts";

/** Sentences about reasons for a report: the page has fetched those of the reader's language alone. */
export const explainWith =
  (reasons: Readonly<Record<string, PageReason>>) =>
  (code: string, language: "en" | "zh"): PageReason | undefined =>
    document.documentElement.lang.startsWith(language) && Object.hasOwn(reasons, code)
      ? reasons[code]
      : undefined;
