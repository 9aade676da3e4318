/** The fields that are unique in a user pool, the most trusted first. Authing's `externalId` is our own id of the person. */
export const identifiers = ["externalId", "email", "phone", "username"] as const;
export type Identifier = (typeof identifiers)[number];

/** What has identifiers: a person to create, a user of the pool, a reference to either. */
export type Identified = { readonly [name in Identifier]?: string | undefined } & {
  readonly phoneCountryCode?: string | undefined;
};

/** The country of a phone without a country code, at Authing. */
export const homeCountryCode = "+86";

/** An identifier in the form in which Authing compares it: e-mail in lower case, phone with its country code (+86 where it has none). */
export function identifierOf(person: Identified, kind: Identifier): string | undefined {
  const value = person[kind];
  if (value === undefined) return undefined;
  if (kind === "email") return value.toLowerCase();
  return kind === "phone" ? `${person.phoneCountryCode ?? homeCountryCode}${value}` : value;
}
