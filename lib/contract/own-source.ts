import * as z from "zod/mini";
import { isKeepableHeader, isSourceName, keepableHeaderRule, sourceNameRule } from "./source-names.ts";
import { deliverySizeRule, isDeliverySize, type OwnSource } from "./source.ts";

// What may be wrong with a source that a configuration defines.

/** Names that mean something else where names of sources are used: in names of secrets, and in keys of the ledger. */
const reservedNames: ReadonlySet<string> = new Set(["authing", "notices", "people", "rosters", "uploads"]);

/** What is wrong with a source of the operator's own. Nothing else has checked it if it is plain JavaScript. */
export function ownSourceProblems(
  name: string,
  {
    source,
    rosterOnly,
    reconcile,
  }: {
    readonly source?: OwnSource | undefined;
    readonly rosterOnly?: true | undefined;
    readonly reconcile?: { readonly at?: string | undefined } | undefined;
  },
): string[] {
  if (source === undefined && rosterOnly === undefined) return [];
  const at = `sources.${name}`;
  if (!isSourceName(name)) return [`sources["${name}"]: ${sourceNameRule}`];
  if (reservedNames.has(name)) return [`${at}: the name is taken: give your source another one`];
  if (reconcile?.at !== undefined && source?.list === undefined)
    return [`${at}.reconcile.at: it has no list that could be read at that time`];
  if (source === undefined) return [];
  if (rosterOnly) return [`${at}.rosterOnly: it has a definition, so that it is more than its rosters`];
  if (typeof source !== "object" || source === null) return [`${at}.source: write defineSource({…})`];
  const given: Readonly<Record<string, unknown>> = { ...source };
  const wrong = Object.entries(parts).filter(([part, { isRight, needed }]) =>
    given[part] === undefined ? needed : !isRight(given[part]),
  );
  const unknown = Object.keys(given).filter((part) => !Object.hasOwn(parts, part));
  return [
    ...wrong.map(([part, { say }]) => `${at}.source.${part} ${say}`),
    ...unknown.map((part) =>
      part === "name"
        ? `${at}.source.name: leave it out, the key "${name}" is the name`
        : `${at}.source.${part} is no part of a source: correct its name or remove it`,
    ),
  ];
}

interface Part {
  readonly isRight: (value: unknown) => boolean;
  readonly needed: boolean;
  readonly say: string;
}

const PingShape = z.union([
  z.strictObject({ contentType: z.string(), body: z.string() }),
  z.strictObject({ query: z.record(z.string(), z.string()) }),
]);

const isText = (value: unknown) => typeof value === "string";
const isFunction = (value: unknown) => typeof value === "function";
const has = (value: unknown, ...methods: string[]) =>
  typeof value === "object" &&
  value !== null &&
  methods.every((method) => isFunction((value as Record<string, unknown>)[method]));

/** The parts of a source, as lib/contract/source.ts describes them. */
const parts: { readonly [part in keyof OwnSource]-?: Part } = {
  title: {
    isRight: (value) => typeof value === "string" && value.trim() !== "",
    needed: true,
    say: 'must be how people call the sender, e.g. "Workday"',
  },
  kind: { isRight: isText, needed: false, say: "must be a word of lib/contract/source.ts, or absent" },
  knownFrom: { isRight: isText, needed: false, say: "must be a word of lib/contract/source.ts, or absent" },
  externalIds: {
    isRight: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
    needed: false,
    say: "must be a list of the names that externalId may have, the default first",
  },
  neverTells: {
    isRight: (value) => Array.isArray(value),
    needed: false,
    say: 'must be a list of "joiner", "mover" and "leaver"',
  },
  trigger: { isRight: () => false, needed: false, say: "is for built-in sources: leave it out" },
  secret: {
    isRight: (value) => has((value as { _zod?: unknown } | null)?._zod, "run"),
    needed: true,
    say: "must be the shape of its secret, e.g. z.object({ signingKey: z.string() })",
  },
  proof: {
    isRight: (value) => has(value, "verify", "sign"),
    needed: true,
    say: "must be a proof of lib/proofs, e.g. hmac({…}) or basicAuth({…}): a source without one would accept deliveries of any sender",
  },
  redeliversForSeconds: {
    isRight: (value) => typeof value === "number" && value > 0,
    needed: true,
    say: "must be a number above 0: for how long does the sender repeat a delivery?",
  },
  maxDeliveryBytes: { isRight: isDeliverySize, needed: false, say: deliverySizeRule },
  split: { isRight: isFunction, needed: true, say: "must be a function: delivery → events" },
  translate: { isRight: isFunction, needed: true, say: "must be a function: event → changes" },
  handshake: { isRight: isFunction, needed: false, say: "must be a function: delivery → reply" },
  acknowledge: { isRight: isFunction, needed: false, say: "must be a function: delivery → reply" },
  refuse: { isRight: isFunction, needed: false, say: "must be a function: what differs → reply" },
  fetch: {
    isRight: (value) => has(value, "hosts", "read"),
    needed: false,
    say: "must be an object with the functions hosts and read",
  },
  list: {
    isRight: (value) => has(value, "hosts", "page", "person"),
    needed: false,
    say: "must be an object with the functions hosts, page and person",
  },
  renew: {
    isRight: (value) => has(value, "hosts", "run"),
    needed: false,
    say: "must be an object with the functions hosts and run",
  },
  enrol: { isRight: isFunction, needed: false, say: "must be a function: delivery → fields of the secret" },
  readsHeaders: {
    isRight: (value) =>
      Array.isArray(value) && value.every((name) => typeof name === "string" && isKeepableHeader(name)),
    needed: false,
    say: `must be a list of names of headers: ${keepableHeaderRule}`,
  },
  ping: {
    isRight: (value) => z.safeParse(PingShape, value).success,
    needed: false,
    say: 'must be a delivery about no person, e.g. { contentType: "application/json", body: "…" } or, for GET, { query: { … } }',
  },
};
