import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** A directory's user → Authing's person. Users come whole; `raw` is the user as the directory sent them, mostly by SCIM. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { payload: user } = event;
  return interpret(
    event,
    {
      "user.created": () => [joiner([...profile(user, context), ...unlessOpen(access(user))])],
      "user.updated": () => [mover([...profile(user, context), access(user)])],
      "user.deleted": () => [leaver(idOf(user))],
    },
    eventTypes,
  );
}

/** The id that the company's directory knows the person by, else that of Polis. */
const idOf = (user: unknown): Read => first(at(user, "raw.externalId"), at(user, "id"));

/** Most directories deactivate a person who leaves, and delete them later or never. */
function access(user: unknown): Encoded {
  const { value = "missing", path } = at(user, "active");
  return status({ value, path }, { true: "Activated", false: "Suspended" });
}

const enterprise = "raw['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User']";

function profile(user: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    externalId(idOf(user)),
    email(first(read("email"), read("raw.emails[0].value"))),
    phone(
      first(
        read("raw.phoneNumbers[type='mobile'].value"),
        read("raw.phoneNumbers[type='work'].value"),
        read("raw.phoneNumbers[0].value"),
      ),
      region,
    ),
    text("username", first(read("raw.userName"), read("raw.primaryEmail"))),
    fullName({
      full: first(read("raw.displayName"), read("raw.name.formatted")),
      given: first(read("first_name"), read("raw.name.givenName")),
      middle: read("raw.name.middleName"),
      family: first(read("last_name"), read("raw.name.familyName")),
    }),
    text("nickname", read("raw.nickName")),
    url("photo", read("raw.photos[0].value")),
    text("locale", read("raw.locale")),
    text("zoneinfo", read("raw.timezone")),
    text("streetAddress", read("raw.addresses[0].streetAddress")),
    text("city", read("raw.addresses[0].locality")),
    text("province", read("raw.addresses[0].region")),
    text("postalCode", read("raw.addresses[0].postalCode")),
    text("country", read("raw.addresses[0].country")),
    ...departments(read(`${enterprise}.department`), context.departments),
    ...customData(user, context.customData),
  ];
}
