import type { Language, Reason } from "./reason.ts";
import { shellWord } from "./shell-word.ts";
import { reasonGroups } from "./table.ts";

/** The reader of the sentences, and what is known of the event. What is not known stays a placeholder, e.g. `<source>`. */
export interface ReasonContext {
  readonly language: Language;
  readonly source?: string | undefined;
  /** Of the event, as commands take it. */
  readonly id?: string | undefined;
  /** Options that say where, e.g. `--stage prod`. Absent: this laptop, whose commands name no stage. */
  readonly place?: string | undefined;
}

export interface ExplainedReason {
  readonly means: string;
  readonly next?: string;
  /** Commands for `next`, one a line, each ready to be pasted. */
  readonly run: readonly string[];
}

const reasons: ReadonlyMap<string, Reason> = new Map(
  reasonGroups.flatMap(({ reasons: own }) => Object.entries(own)),
);

/**
 * What a reason means and what to do about it; `undefined` for a code that is not ours: a customer's own source may throw reasons of its
 * own, which say by themselves what they mean.
 */
export function explainReason(code: string, context: ReasonContext): ExplainedReason | undefined {
  const reason = reasons.get(code);
  if (!reason) return undefined;
  const next = context.language === "zh" ? reason.zhNext : reason.enNext;
  return {
    means: context.language === "zh" ? reason.zh : reason.en,
    ...(next !== undefined && { next }),
    run: (reason.run ?? []).map((command) => filled(command, code, context)),
  };
}

function filled(command: string, reason: string, { source, id, place }: ReasonContext): string {
  const values: Readonly<Record<string, string>> = {
    reason,
    source: source === undefined ? "<source>" : shellWord(source),
    id: id === undefined ? "<event>" : shellWord(id),
    stage: optionsOf(command, place),
  };
  return command.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** The doctor looks at a deployed stage, or at this laptop; no other command has to be told the latter. */
function optionsOf(command: string, place: string | undefined): string {
  const isDoctor = command.startsWith("npm run doctor");
  const options = isDoctor && !place?.includes("--stage") ? "--local" : place;
  if (options === undefined) return "";
  return `${command.includes(" -- ") ? "" : " --"} ${options}`;
}
