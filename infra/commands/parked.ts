import { parkedKinds, type ParkedKind } from "#lib/contract/parked.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { ParkedList, ShownMessage } from "#lib/operations/list.ts";
import type { ChangedMessages } from "#lib/operations/operate.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { firstFound } from "./first-found.ts";
import { momentOf } from "./local-time.ts";
import {
  openOperations,
  placeOf,
  placeOptions,
  tellingOf,
  type Operate,
  type Place,
} from "./operations-client.ts";
import { listing, resultsOf, shown, totalsOf } from "./parked-text.ts";
import { tellUnknownSource } from "./unknown-source.ts";

// npm run parked -- list | show | redrive | release | discard: what is parked, why, and what the operator decides about it, on this
// laptop or on a deployed stage. A verb that changes accounts says whether it is a preview, names the messages that it is about, shows
// how many they are, and asks.

const selectors = {
  source: "<name>",
  reason: "<reason>",
  person: "<id>",
  since: "<24h, 7d or a date>",
  id: "<id>",
} as const;
const changing = { ...selectors, yes: "", json: "", ...placeOptions } as const;

interface Selected {
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
  readonly person?: string | undefined;
  readonly since?: string | undefined;
  readonly id?: string | undefined;
}

const list = form(
  ["list", "[dead|held|rejected|waiting]"],
  { ...selectors, all: "", json: "", lang: "<en|zh>", ...placeOptions },
  async ({ words, options }) => {
    const operate = await openOperations(options);
    const [kind] = words;
    const request = { operation: "list", ...conditionsOf(kind, options), limit: 50 } as const;
    const first = await firstFound(operate, request);
    const rows = [...first.rows];
    let { next } = first;
    while (options.all && next !== undefined) {
      const page: ParkedList = await operate<ParkedList>({ ...request, limit: 500, after: next });
      rows.push(...page.rows);
      next = page.next;
    }
    if (options.json) {
      say(JSON.stringify({ ...first, rows, next }, undefined, 2));
      return 0;
    }
    if (rows.length === 0) {
      say(`nothing is ${kind ?? "parked"}${scopeWords(options)}`);
      // The operator typed or pasted the id: when no message has it, that is a mistake of theirs.
      return tellUnknownSource(options.source, first) || options.id !== undefined ? 1 : 0;
    }
    say(totalsOf(first));
    say(listing(rows, tellingOf(options)));
    if (next !== undefined)
      say(`these are the first ${rows.length}; --all shows the rest, --source and --reason narrow it`);
    return 0;
  },
);

const show = form(
  ["show", "<id>"],
  { payload: "", json: "", lang: "<en|zh>", ...placeOptions },
  async ({ words, options }) => {
    const [id = ""] = words;
    const operate = await openOperations(options);
    const found = await operate<readonly ShownMessage[]>({
      operation: "show",
      id,
      payload: options.payload === true,
    });
    if (found.length === 0) {
      say(
        `nothing is parked by the id ${id}; ${`npm run explain -- ${id} ${placeOf(options)}`.trim()} says what became of an event`,
      );
      return 1;
    }
    if (options.payload)
      say("the message holds personal data: do not paste it into a ticket", process.stderr);
    say(
      options.json
        ? JSON.stringify(found, undefined, 2)
        : found.map((each) => shown(each, tellingOf(options))).join("\n"),
    );
    return 0;
  },
);

const redrive = form(
  ["redrive", "<preview|apply>", "[dead|rejected]"],
  changing,
  async ({ words, options }) => {
    const [mode = "", kind] = words;
    const kinds: readonly ("dead" | "rejected")[] =
      kind === undefined ? ["dead", "rejected"] : [kind as "dead"];
    return change({ operation: "redrive", kinds }, mode, options);
  },
);

const release = form(
  ["release", "<preview|apply>"],
  { as: "<same>", ...changing },
  async ({ words, options }) => {
    const [mode = ""] = words;
    if (options.as !== undefined && options.as !== "same")
      throw new UsageError(`--as ${options.as} is unknown`, ["--as same"]);
    const as = options.as === "same" ? ({ as: "same" } as const) : {};
    return change({ operation: "release", kinds: ["held"], ...as }, mode, options);
  },
);

const discard = form(
  ["discard", "<preview|apply>", "[dead|held|rejected|waiting]"],
  changing,
  async ({ words, options }) => {
    const [mode = "", kind] = words;
    if (kind === undefined && options.id === undefined && options.reason === undefined) {
      throw new UsageError("which kind of messages?", [
        "npm run parked -- discard <preview|apply> <dead|held|rejected|waiting> …, or --id <id>, or --reason <reason>",
      ]);
    }
    return change(
      { operation: "discard", kinds: kind === undefined ? parkedKinds : [kind as ParkedKind] },
      mode,
      options,
    );
  },
);

type Verb =
  | { readonly operation: "redrive"; readonly kinds: readonly ("dead" | "rejected")[] }
  | { readonly operation: "release"; readonly kinds: readonly "held"[]; readonly as?: "same" }
  | { readonly operation: "discard"; readonly kinds: readonly ParkedKind[] };

interface ChangeOptions extends Selected, Place {
  readonly yes?: true;
  readonly json?: true;
}

/** Shows how many messages a verb is about, asks, and carries it out page by page; or says what it would come to. */
async function change(verb: Verb, mode: string, options: ChangeOptions): Promise<number> {
  const { operation, kinds } = verb;
  const conditions = conditionsOf(undefined, options);
  if (!["id", "person", "reason", "source"].some((name) => name in conditions)) {
    throw new UsageError(`${operation} ${mode} names no messages`, [
      `npm run parked -- ${operation} ${mode} … with --id <id>, --person <id>, --reason <reason> or --source <name>`,
    ]);
  }
  const operate = await openOperations(options);
  const scope = await firstFound(operate, { operation: "list", ...conditions, kinds: [...kinds], limit: 1 });
  if ((scope.totals ?? []).length === 0) {
    say(`nothing is ${kinds.join(" or ")}${scopeWords(options)}`);
    return tellUnknownSource(options.source, scope) || options.id !== undefined ? 1 : 0;
  }
  if (!options.json) say(totalsOf(scope));
  const many = (scope.totals ?? []).reduce((sum, { count }) => sum + count, 0);
  if (mode === "apply" && !options.yes) {
    const what = `${operation} ${scope.all ? "at least " : ""}${many} ${many === 1 ? "message" : "messages"}`;
    if (!(await confirm(`${what[0]?.toUpperCase()}${what.slice(1)}?`))) {
      say("nothing was done");
      return 1;
    }
  }
  const request = {
    ...verb,
    kinds: [...kinds],
    ...conditions,
    mode: mode === "apply" ? "apply" : "preview",
  } as const;
  // What is parked after the operator has seen how many there are is not theirs to decide yet.
  const most = scope.all ? Infinity : many;
  const rows = await everyPage(operate, request as OperationRequest, most);
  if (options.json) say(JSON.stringify({ mode, rows }, undefined, 2));
  else say(resultsOf(rows, mode));
  return rows.some(({ result = "" }) => result.startsWith("not now")) ? 1 : 0;
}

/** @param most how many messages it is about: a number, or `Infinity` where they could not all be counted. */
async function everyPage(
  operate: Operate,
  request: OperationRequest,
  most: number,
): Promise<readonly ParkedRow[]> {
  // A message that is parked again within the same second may come twice.
  const rows = new Map<string, ParkedRow>();
  let left = most;
  let after: string | undefined;
  do {
    const page: ChangedMessages = await operate<ChangedMessages>({
      ...request,
      ...(after !== undefined && { after }),
      ...(left < Infinity && { most: left }),
    } as OperationRequest);
    for (const row of page.rows) rows.set(`${row.kind}/${row.source}/${row.id}`, row);
    left -= page.rows.length;
    after = page.next;
    if (after !== undefined && left > 0) say(`${rows.size} done, going on`, process.stderr);
  } while (after !== undefined && left > 0);
  return [...rows.values()];
}

function conditionsOf(kind: string | undefined, { source, reason, person, since, id }: Selected) {
  const from = since === undefined ? undefined : momentOf(since, Date.now());
  if (since !== undefined && from === undefined) {
    throw new UsageError(`--since "${since}" is no time`, [
      "npm run parked -- list --since 24h, --since 7d or --since 2026-11-26",
    ]);
  }
  return {
    ...(kind !== undefined && { kinds: [kind as ParkedKind] }),
    ...(source !== undefined && { source }),
    ...(reason !== undefined && { reason }),
    ...(person !== undefined && { person }),
    ...(from !== undefined && { since: from }),
    ...(id !== undefined && { id }),
  };
}

function scopeWords({ source, reason, person, since, id }: Selected): string {
  const parts = [
    source && ` of ${source}`,
    reason && ` for ${reason}`,
    person && ` about ${person}`,
    since && ` since ${since}`,
    id && ` by the id ${id}`,
  ];
  return parts.filter(Boolean).join("");
}

await runCommand("parked", list, show, redrive, release, discard);
