import { explainReason, type ExplainedReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { reasonGroups } from "#lib/reasons/table.ts";

/** The sentences of a reason. Its commands are for a terminal. */
export type PageReason = Pick<ExplainedReason, "means" | "next">;

/** All reasons with their sentences in one language: the page fetches them once. */
export function reasonsIn(language: Language): Readonly<Record<string, PageReason>> {
  const codes = reasonGroups.flatMap(({ reasons }) => Object.keys(reasons));
  return Object.fromEntries(
    codes.flatMap((code) => {
      const explained = explainReason(code, { language });
      if (!explained) return [];
      const { means, next } = explained;
      return [[code, { means, ...(next !== undefined && { next }) }]];
    }),
  );
}
