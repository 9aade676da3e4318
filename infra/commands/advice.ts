import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";
import { terminalColumns, wrapped } from "./table.ts";

/** What an operator reads advice about, and how. */
export interface Advised {
  readonly reason: string;
  /** What the failure itself says to do: more precise than the table. */
  readonly hint?: string | undefined;
  readonly source?: string | undefined;
  readonly id?: string | undefined;
}

/** The operator's language, and the options that say where, e.g. `--stage prod`. */
export interface Telling {
  readonly language: Language;
  readonly place: string;
}

/** What a reason means, what to do, and the commands for it, one a line, to be pasted. Nothing for a reason that is not known. */
export function adviceOf({ reason, hint, source, id }: Advised, { language, place }: Telling): string[] {
  const told = { language, source, id, ...(place !== "" && { place }) };
  const { means, next, run = [] } = explainReason(reason, told) ?? {};
  return [...sentences(means, hint ?? next), ...run.map((command) => `    ${command}`)];
}

/** What a reason means where nothing is to be decided; `next` where something is to be done all the same. */
export const meaningOf = (reason: string, { language }: Telling, next?: string): string[] =>
  sentences(explainReason(reason, { language })?.means, next);

const sentences = (...all: readonly (string | undefined)[]): string[] =>
  all.flatMap((sentence) => (sentence === undefined ? [] : wrapped(sentence, terminalColumns(), "  ")));
