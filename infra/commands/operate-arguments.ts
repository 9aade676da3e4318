import { parseArgs } from "node:util";
import type { OperationRequest } from "#lib/operations/operate.ts";
import { placeOptions, placeUsage } from "./operations-client.ts";

// What an operator typed about parked messages. Nothing is guessed: an unknown option and an extra word are refused, because an
// operator in a hurry must not release a thousand departures by a typing mistake.

const scope = ["source", "id"] as const;
type Option = (typeof scope)[number] | "dry-run" | "as" | "yes";

interface Verb {
  readonly options: readonly Option[];
  /** Without `--source`, `--id` or `--yes` it is refused: the command first shows which messages it would change. */
  readonly asksFirst?: true;
}

const discard: Verb = { options: [...scope, "yes"], asksFirst: true };
const list: Verb = { options: scope };
const redrive: Verb = { options: [...scope, "dry-run"] };

/** The verbs of each kind of parked messages, and the options of each verb. */
const kinds = {
  dead: { list, redrive, discard },
  held: { list, release: { options: [...scope, "as", "yes"], asksFirst: true }, discard },
  rejected: { list, redrive, discard },
  waiting: { list, discard },
} as const satisfies Record<string, Readonly<Record<string, Verb>>>;
export type Kind = keyof typeof kinds;

const optionUsage: Readonly<Record<Option, string>> = {
  source: "[--source <name>]",
  id: "[--id <event>]",
  "dry-run": "[--dry-run]",
  as: "[--as same]",
  yes: "[--yes]",
};

type Values = ReturnType<typeof parse>["values"];

/** A request to the operations function, and the other options that were given. */
export interface Understood {
  readonly request: OperationRequest;
  readonly verb: Verb;
  readonly values: Values;
}

/** @param command `dead`, `held`, `rejected`, `waiting`, `pause` or `resume`. @param given the arguments after it. */
export function readArguments(
  command: string,
  given: readonly string[],
): Understood | { readonly problem: string } {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(given);
  } catch (error) {
    // Node's message about an option that it does not know, without its advice about dashes, which follows.
    const [problem = "unknown option"] = error instanceof Error ? error.message.split(/[.,;\n]/) : [];
    return { problem };
  }
  const { values, positionals } = parsed;
  const [word, ...stray] = positionals;
  if (stray.length > 0) return { problem: `"${stray.join(" ")}" is too much` };
  if (command === "pause" || command === "resume") {
    if (word === undefined) return { problem: "no source is named" };
    return withOptions({ options: [] }, { operation: command, source: word }, values);
  }
  const verbs: Readonly<Record<string, Verb>> = kinds[command as Kind] ?? {};
  const verb = word !== undefined && Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (!verb)
    return { problem: word === undefined ? "no verb is given" : `"${word}" is no verb of ${command}` };
  const { source, id, as } = values;
  if (as !== undefined && as !== "same") return { problem: `--as ${as} is unknown` };
  const of = { ...(source !== undefined && { source }), ...(id !== undefined && { id }) };
  const request = {
    operation: word,
    ...of,
    ...(word !== "release" && { kind: command }),
    ...(word === "redrive" && { dryRun: values["dry-run"] ?? false }),
    ...(as !== undefined && { as }),
  } as OperationRequest;
  return withOptions(verb, request, values);
}

function parse(given: readonly string[]) {
  return parseArgs({
    args: [...given],
    options: {
      ...placeOptions,
      source: { type: "string" },
      id: { type: "string" },
      "dry-run": { type: "boolean" },
      as: { type: "string" },
      yes: { type: "boolean" },
    },
    allowPositionals: true,
  });
}

function withOptions(
  verb: Verb,
  request: OperationRequest,
  values: Values,
): Understood | { problem: string } {
  const known = new Set<string>([...verb.options, ...Object.keys(placeOptions)]);
  const foreign = Object.keys(values).find((option) => !known.has(option));
  return foreign === undefined
    ? { request, verb, values }
    : { problem: `--${foreign} means nothing for ${request.operation}` };
}

/** The lines that an operator may type. */
export function usageOf(command: string): string[] {
  if (command === "pause" || command === "resume") return [`npm run ${command} -- <source> ${placeUsage}`];
  const verbs: Readonly<Record<string, Verb>> = kinds[command as Kind] ?? {};
  return Object.entries(verbs).map(([word, { options }]) =>
    [`npm run ${command} -- ${word}`, ...options.map((option) => optionUsage[option]), placeUsage].join(" "),
  );
}
