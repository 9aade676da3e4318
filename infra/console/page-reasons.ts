import { explainReason, type ExplainedReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { reasonGroups } from "#lib/reasons/table.ts";

const kept = new Map<Language, Readonly<Record<string, ExplainedReason>>>();

/** All reasons with their sentences in one language: the page fetches them once. */
export function reasonsIn(language: Language): Readonly<Record<string, ExplainedReason>> {
  const known = kept.get(language);
  if (known) return known;
  const codes = reasonGroups.flatMap(({ reasons }) => Object.keys(reasons));
  const all = Object.fromEntries(
    codes.flatMap((code) => {
      const explained = explainReason(code, { language });
      return explained ? [[code, explained]] : [];
    }),
  );
  kept.set(language, all);
  return all;
}
