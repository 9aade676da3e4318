import { explainReason, type ExplainedReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { reasonGroups } from "#lib/reasons/table.ts";

/**
 * All reasons with their sentences in one language: the page fetches them once.
 *
 * @param options how commands name the place, e.g. `--stage prod`; empty for this laptop
 */
export function reasonsIn(language: Language, options: string): Readonly<Record<string, ExplainedReason>> {
  const place = options === "" ? undefined : options;
  const codes = reasonGroups.flatMap(({ reasons }) => Object.keys(reasons));
  return Object.fromEntries(
    codes.flatMap((code) => {
      const explained = explainReason(code, { language, place });
      return explained ? [[code, explained]] : [];
    }),
  );
}
