import { InboundError } from "#lib/contract/errors.ts";
import type { ImmediateProof } from "#lib/contract/proof.ts";
import { countSame } from "#lib/constant-time.ts";
import { parseJson } from "./json-place.ts";
import { digestsOnce } from "./once-per-secret.ts";
import { placeOf, refused, secretEmpty } from "./refused.ts";

// For a sender that signs nothing and repeats a secret in each entry of a list in its body. As weak as a static header: it says who speaks
// and nothing about the rest.

export interface ListedSecretSettings<Secret> {
  /** What the explanation of an event calls it. Default `listed-secret`. */
  readonly name?: string;
  /** The key of the list in the body, e.g. `value`. */
  readonly list: string;
  /** The key of the secret in each entry, e.g. `clientState`. */
  readonly field: string;
  value(secret: Secret): string;
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * A proof by a secret in every entry of a list, compared in constant time. One entry without it, or no entry at all, and nothing of the
 * delivery is believed. What was said is handed on without the secret, so that no part of it is kept.
 */
export function listedSecret<Secret>(settings: ListedSecretSettings<Secret>): ImmediateProof<Secret> {
  const { name = "listed-secret", list, field } = settings;
  const place = placeOf("body", `${list}[].${field}`);
  const digests = digestsOnce((secret: Secret) => [settings.value(secret)].filter((value) => value !== ""));
  return {
    name,
    coversBody: false,
    refusesStale: false,
    verify({ body }, secret) {
      const accepted = digests(secret);
      if (accepted.length === 0) return secretEmpty;
      const document = parseJson(body);
      const entries = entriesOf(document, list);
      if (!isObject(document) || entries === undefined) {
        return refused("proof-malformed", { place, form: "JSON with a list of objects" });
      }
      const given = entries.map((entry) => (Object.hasOwn(entry, field) ? entry[field] : undefined));
      if (given.length === 0 || given.includes(undefined) || given.includes("")) {
        return refused("proof-missing", { place });
      }
      const matches = given.map((value) => typeof value === "string" && countSame(accepted, value) > 0);
      if (matches.includes(false)) return refused("proof-mismatch", { place });
      const payload = written({ ...document, [list]: entries.map((entry) => without(entry, field)) });
      return payload === undefined
        ? refused("proof-malformed", { place, form: "JSON that is not nested too deep" })
        : { ok: true, payload };
    },
    sign(body, secret) {
      const value = settings.value(secret);
      if (value === "") throw new InboundError("misconfigured", "secret-empty");
      const document = parseJson(body);
      const entries = entriesOf(document, list);
      if (!isObject(document) || entries === undefined) {
        throw new InboundError("malformed", "body-not-a-json-object", { path: list });
      }
      const said = { ...document, [list]: entries.map((entry) => ({ ...entry, [field]: value })) };
      return { headers: {}, body: Buffer.from(JSON.stringify(said)) };
    },
  };
}

function isObject(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entriesOf(document: unknown, list: string): readonly Entry[] | undefined {
  const entries = isObject(document) && Object.hasOwn(document, list) ? document[list] : undefined;
  return Array.isArray(entries) && entries.every(isObject) ? entries : undefined;
}

/** `undefined` where writing would overflow the stack: reading does not. */
function written(document: object): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(document));
  } catch {
    return undefined;
  }
}

function without(entry: Entry, field: string): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== field));
}
