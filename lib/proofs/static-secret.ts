import type { ImmediateProof } from "#lib/contract/proof.ts";
import { placeOf } from "./refused.ts";
import { shownSecret } from "./shown-secret.ts";

// For senders that sign nothing and only show a secret that both sides know. It says who speaks and nothing about the body:
// a person who sees one delivery can forge another one, so a source with such a sender should read the person from the sender's
// API.

export interface StaticHeaderSettings<Secret> {
  /** What the explanation of an event calls it. Default `static-header`. */
  readonly name?: string;
  /** In lower case, e.g. `authorization`. */
  readonly header: string;
  /** The whole value of the header, or several of which each is taken while one replaces another; the first one signs. */
  value(secret: Secret): string | readonly string[];
}

export interface BasicAuthSettings<Secret> {
  username(secret: Secret): string;
  /** The password, or several of which each is taken while one replaces another; the first one signs. */
  password(secret: Secret): string | readonly string[];
}

/**
 * A proof by a header that always has the same value. Compared in constant time; a header that comes twice is joined with a
 * comma by then, and so a stranger's. Space around a value does not count, since HTTP does not carry it. An empty value is
 * no value, and a secret without one verifies nothing (`secret-empty`).
 */
export function staticHeader<Secret>(settings: StaticHeaderSettings<Secret>): ImmediateProof<Secret> {
  const { name = "static-header", header } = settings;
  if (!/^[a-z0-9-]+$/.test(header)) {
    throw new TypeError(
      `static-secret: header "${header}": write it in lower case, letters, digits and dashes`,
    );
  }
  const valuesOf = (secret: Secret) =>
    [settings.value(secret)]
      .flat()
      .map((value) => value.trim())
      .filter((value) => value !== "");
  return {
    name,
    ...shownSecret({
      place: placeOf("header", header),
      valuesOf,
      given: ({ headers }) => (Object.hasOwn(headers, header) ? headers[header] : undefined) ?? "",
      shown: (value) => ({ headers: { [header]: value } }),
    }),
  };
}

/** A proof by HTTP Basic authentication, in UTF-8 (RFC 7617). Where the user name or the password is empty, nothing is verified. */
export function basicAuth<Secret>(settings: BasicAuthSettings<Secret>): ImmediateProof<Secret> {
  return staticHeader<Secret>({
    name: "basic-auth",
    header: "authorization",
    value(secret) {
      const username = settings.username(secret);
      return [settings.password(secret)]
        .flat()
        .filter((password) => username !== "" && password !== "")
        .map((password) => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`);
    },
  });
}
