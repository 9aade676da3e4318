import { InboundError } from "#lib/contract/errors.ts";
import type { ImmediateProof } from "#lib/contract/proof.ts";
import { countSame, digestOf } from "#lib/constant-time.ts";
import { oncePerSecret } from "./once-per-secret.ts";
import { placeOf, refused, secretEmpty } from "./refused.ts";

// For senders that sign nothing and let the operator choose which headers they send. As weak as any static header: it says who speaks and
// nothing about the body.

export interface NamedHeadersSettings<Secret> {
  /** What the explanation of an event calls it. Default `named-headers`. */
  readonly name?: string;
  /** Names of headers, in either case → the whole value of each. A delivery has to have all of them. */
  headers(secret: Secret): Readonly<Record<string, string>>;
}

/** RFC 9110, section 5.6.2, without its signs that no vendor's screen takes. */
const headerName = /^[a-z0-9_-]+$/;
/** Headers that every request has: a value of theirs is known to strangers. */
const unprovingHeaders = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "user-agent",
]);

/** The name of a header is a part of the secret, too, so that a refusal does not say it. */
const place = placeOf("header", "that the secret names");

/**
 * A proof by headers whose names and values are in the secret, each compared in constant time. A header that comes twice is refused, and
 * space around a value does not count. A secret that names no header, one without a value, one that no header can have, or one that every
 * request has (`content-type`), verifies nothing (`secret-empty`).
 */
export function namedHeaders<Secret>(settings: NamedHeadersSettings<Secret>): ImmediateProof<Secret> {
  const { name = "named-headers" } = settings;
  const expectedOf = oncePerSecret((secret: Secret) => {
    const all = Object.entries(settings.headers(secret)).map(([header, value]) => ({
      header: header.trim().toLowerCase(),
      value: value.trim(),
      digest: digestOf(value.trim()),
    }));
    const isUsable = all.every(
      ({ header, value }) => value !== "" && headerName.test(header) && !unprovingHeaders.has(header),
    );
    return isUsable ? all : [];
  });
  return {
    name,
    coversBody: false,
    refusesStale: false,
    verify({ headers, body }, secret) {
      const expected = expectedOf(secret);
      if (expected.length === 0) return secretEmpty;
      const given = expected.map(
        ({ header }) => (Object.hasOwn(headers, header) ? headers[header] : "") ?? "",
      );
      // Whatever is given, even nothing, is compared.
      const same = expected.map(({ digest }, index) => countSame([digest], given[index] ?? ""));
      if (given.includes("")) return refused("proof-missing", { place });
      return same.includes(0) ? refused("proof-mismatch", { place }) : { ok: true, payload: body };
    },
    sign(body, secret) {
      const expected = expectedOf(secret);
      if (expected.length === 0) throw new InboundError("misconfigured", "secret-empty");
      return { headers: Object.fromEntries(expected.map(({ header, value }) => [header, value])), body };
    },
  };
}
