import type { ImmediateProof } from "#lib/contract/proof.ts";
import { placeOf } from "./refused.ts";
import { shownSecret } from "./shown-secret.ts";

// For senders that sign nothing and take no header either: the secret is a part of the URL that they were given. It is the
// weakest proof there is. A reader of a log of the sender, of a proxy or of a browser has it, and it says nothing about the
// body. Our own logs never hold it: neither path nor query is logged (serverless.yml), and it is never kept with a delivery.

export type UrlSecretSettings<Secret> = {
  /** What the explanation of an event calls it. Default `url-secret`. */
  readonly name?: string;
  /** The last segment of the path, `/webhooks/<source>/<secret>`, or a parameter of the query: `{ query: "token" }`. */
  readonly place: "path" | { readonly query: string };
  /** The secret, or several of which each is taken while one replaces another; the first one signs. */
  value(secret: Secret): string | readonly string[];
  /** Default 16. Less only for a value beside a secret that is long enough, such as the id of an interface. */
  readonly minLength?: number;
};

/** A shorter one can be guessed. 22 characters of base64url are 128 bits. */
const shortestSecret = 16;
const maxLength = 256;
/** Characters that no gateway, proxy or browser writes in another way. */
const urlSafe = /^[\w.~-]+$/;

/**
 * A proof by a secret in the URL, compared in constant time. A secret that is shorter than 16 characters, or has characters
 * that a URL writes in another way, is no secret: it verifies nothing (`secret-empty`). One that comes twice is refused.
 */
export function urlSecret<Secret>(settings: UrlSecretSettings<Secret>): ImmediateProof<Secret> {
  const { name = "url-secret", place, minLength = shortestSecret } = settings;
  if (place !== "path" && !/^[\w.-]+$/.test(place.query)) {
    throw new TypeError(`url-secret: query "${place.query}": write the name of a parameter`);
  }
  const valuesOf = (secret: Secret) =>
    [settings.value(secret)]
      .flat()
      .filter((value) => value.length >= minLength && value.length <= maxLength && urlSafe.test(value));
  return {
    name,
    ...(place === "path" ? { readsPathToken: true } : { proofParameters: [place.query] }),
    ...shownSecret({
      place: place === "path" ? place : placeOf("query", place.query),
      valuesOf,
      given({ query, pathToken }) {
        const [value = "", ...others] = place === "path" ? [pathToken] : query.getAll(place.query);
        return others.length > 0 ? undefined : value;
      },
      shown: (value) => (place === "path" ? { pathToken: value } : { query: { [place.query]: value } }),
    }),
  };
}
