import { parseArgs } from "node:util";
import { didYouMean, nearMiss } from "#lib/text/near-miss.ts";

// What an operator typed. Nothing is guessed: an unknown option, an extra word and an option that npm took for itself are
// refused, with the lines that are valid. An operator in a hurry must not release a thousand departures by a typing mistake.

/** Options of a form: their names, and what the usage shows for their values: `"<name>"`, `"<en|zh>"`; `""` has no value. */
export type Options = Readonly<Record<string, string>>;

/**
 * One form of a command: what may stand behind `npm run <command> --`. A word is a constant (`"list"`), any text (`"<id>"`), or one of
 * several texts (`"<preview|apply>"`); in square brackets it may be missing (`"[dead|held]"`).
 */
export interface Form<Chosen extends Options = Options> {
  readonly words: readonly string[];
  readonly options: Chosen;
  /** Options that an operator may expect here, and why there are none. */
  readonly refused?: Readonly<Record<string, string>> | undefined;
}

/** `true` for an option without a value. */
type ValueOf<Shape extends string> = Shape extends "" ? true : string extends Shape ? string | true : string;

/** What was typed, by the form that it has. */
export interface Line<Chosen extends Options = Options> {
  /** The words that are not constant, in their order; `undefined` for one that is missing. */
  readonly words: readonly (string | undefined)[];
  readonly options: { readonly [name in keyof Chosen]?: ValueOf<Chosen[name]> };
}

/** A line that has no form of its command. `usage` holds the lines that are valid. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly usage: readonly string[];

  constructor(problem: string, usage: readonly string[]) {
    super(problem);
    this.usage = usage;
  }
}

/**
 * The form that a line has, and what is in it. Throws a `UsageError` for any other line.
 *
 * @param given The arguments behind `npm run <command> --`.
 * @param environment The environment of the process, in which npm passes on the options that it took for itself.
 */
export function readLine<Given extends Form>(
  command: string,
  forms: readonly Given[],
  given: readonly string[],
  environment: NodeJS.ProcessEnv,
): { readonly form: Given; readonly line: Line } {
  const { typed, options } = parsed(command, forms, given);
  const form = formOf(command, forms, typed);
  const usage = [usageOf(command, form)];
  refuseSwallowed(command, form, given, environment);

  for (const [name, value] of options) {
    const shape = form.options[name];
    if (shape === undefined) {
      const known = Object.keys(form.options);
      const why = form.refused?.[name];
      if (why !== undefined) throw new UsageError(`--${name}: ${why}`, usage);
      throw new UsageError(`--${name} is no option here${didYouMean(nearMiss(name, known), "--")}`, usage);
    }
    if (shape === "" && value !== true) throw new UsageError(`--${name} takes no value`, usage);
    if (shape !== "" && (value === true || value === "")) {
      throw new UsageError(`--${name} needs a value: --${name} ${shape}`, usage);
    }
    const { choices } = meaningOf(shape);
    if (typeof value === "string" && choices.length > 0 && !choices.includes(value)) {
      throw new UsageError(`--${name} "${value}" is not ${either(choices)}`, usage);
    }
  }
  const words = typed.slice(constantsOf(form).length);
  const expected = form.words.slice(constantsOf(form).length);
  const read = expected.map((word, index) => {
    const value = words[index];
    const { isOptional, choices } = meaningOf(word);
    // `explain -- "$id"` with an `id` that is not set.
    if ((value ?? "") === "" && !isOptional) throw new UsageError(`${word} is missing`, usage);
    if (value !== undefined && choices.length > 0 && !choices.includes(value)) {
      throw new UsageError(
        `"${value}" is not ${either(choices)}${didYouMean(nearMiss(value, choices))}`,
        usage,
      );
    }
    return value;
  });
  const stray = words.slice(expected.length);
  if (stray.length > 0) throw new UsageError(`"${stray.join(" ")}" is too much`, usage);

  return { form, line: { words: read, options: Object.fromEntries(options) } };
}

/** The lines that are valid, one for each form. */
export const usageOf = (command: string, { words, options }: Form): string =>
  [
    `npm run ${command} --`,
    ...words,
    ...Object.entries(options).map(([name, value]) => `[--${[name, value].join(" ").trimEnd()}]`),
  ].join(" ");

type Given = ReadonlyMap<string, string | true>;

function parsed(
  command: string,
  forms: readonly Form[],
  given: readonly string[],
): { typed: string[]; options: Given } {
  const usage = forms.map((form) => usageOf(command, form));
  const shapes = new Map(forms.flatMap(({ options }) => Object.entries(options)));
  const { tokens } = parseArgs({
    args: [...given],
    strict: false,
    allowPositionals: true,
    tokens: true,
    // An option that no form has takes no value: it is refused in any case.
    options: Object.fromEntries(
      [...shapes].map(([name, shape]) => [name, { type: shape === "" ? "boolean" : "string" }] as const),
    ),
  });
  const options = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (!token.rawName.startsWith("--")) throw new UsageError(`${token.rawName} is no option`, usage);
    if (options.has(token.name)) throw new UsageError(`--${token.name} is given twice`, usage);
    // `--reason --yes`: the value is missing, and the next option is not the value.
    const isMissing = token.value?.startsWith("--") === true && token.inlineValue === false;
    if (isMissing) throw new UsageError(`--${token.name} needs a value`, usage);
    options.set(token.name, token.value ?? true);
  }
  return { typed: tokens.flatMap((token) => (token.kind === "positional" ? token.value : [])), options };
}

function formOf<Given extends Form>(
  command: string,
  forms: readonly Given[],
  typed: readonly string[],
): Given {
  const found = forms.find((form) => constantsOf(form).every((word, index) => typed[index] === word));
  if (found) return found;
  const usage = forms.map((form) => usageOf(command, form));
  const verbs = forms.flatMap((form) => constantsOf(form).slice(0, 1));
  const [verb] = typed;
  throw new UsageError(
    verb === undefined
      ? "no verb is given"
      : `"${verb}" is no verb of ${command}${didYouMean(nearMiss(verb, verbs))}`,
    usage,
  );
}

/** The constant words with which a form begins. */
function constantsOf({ words }: Form): readonly string[] {
  const end = words.findIndex((word) => /^[<[]/.test(word));
  return end === -1 ? words : words.slice(0, end);
}

function meaningOf(word: string): { isOptional: boolean; choices: readonly string[] } {
  const inner = word.replaceAll(/^[<[]|[>\]]$/g, "");
  return { isOptional: word.startsWith("["), choices: inner.includes("|") ? inner.split("|") : [] };
}

/** What an operator means for us, also where the form has no such option: none of these may be lost without a word. */
const neverLost: ReadonlySet<string> = new Set(["dry-run", "region", "source", "stage"]);

/**
 * Without a `--`, npm takes options for itself, and this command would run as if they had not been typed: `npm run parked release
 * --source clerk` would be about every source. npm passes what it took on as `npm_config_*`.
 */
function refuseSwallowed(
  command: string,
  form: Form,
  given: readonly string[],
  environment: NodeJS.ProcessEnv,
): void {
  const known = Object.keys(form.options);
  const swallowed = Object.entries(environment).flatMap(([variable, value]) => {
    if (!variable.startsWith("npm_config_") || value === undefined || value === "") return [];
    const name = variable.slice("npm_config_".length).replaceAll("_", "-");
    const isOurs = known.includes(name) || neverLost.has(name);
    return isOurs || (!npmsOwn.has(name) && nearMiss(name, known) !== undefined) ? [{ name, value }] : [];
  });
  if (swallowed.length === 0) return;
  const names = swallowed.map(({ name }) => `--${name}`).join(", ");
  const [first = ""] = given;
  const [verb] = constantsOf(form);
  const line = ["npm run", command, "--", verb ?? first, "…", ...swallowed.map(({ name }) => `--${name} …`)];
  throw new UsageError(
    `npm took ${names} for itself, so this command did not get it: put -- in front of everything ` +
      `(${line.filter(Boolean).join(" ")}). If you typed no such option, a file .npmrc sets it`,
    [usageOf(command, form)],
  );
}

/** Settings that npm always passes on, whose names are near those of options of ours. */
const npmsOwn: ReadonlySet<string> = new Set(["cache", "prefix", "audit", "fund", "omit", "registry"]);

const either = (choices: readonly string[]) => choices.join(" or ");
