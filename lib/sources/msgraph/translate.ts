import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, unlessOpen, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { GraphEvent } from "./split.ts";

/** A user of Entra ID, as Graph shows them today → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isListed = false } = event.payload as GraphEvent;
  const setting = chosenId(context, externalIds);
  // Of a user that Graph does not show any more only the id is left: by any other the ledger knows the person.
  const gone: Read = { value: setting === "id" ? event.subject : undefined, path: setting };
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user === undefined) throw new InboundError("malformed", "user-not-read", { path: "user" });
    return [user === null ? leaver(gone) : change(user)];
  };
  return interpret(
    event,
    {
      "user.created": present((person) =>
        joiner([...profile(person, setting, context), ...unlessOpen(access(person))]),
      ),
      "user.updated": present((person) =>
        mover([
          ...profile(person, setting, context),
          ...(isListed ? unlessOpen(access(person)) : [access(person)]),
        ]),
      ),
      "user.deleted": () => [leaver(gone)],
      "lifecycle.missed": () => refuseLost("notifications-missed"),
      "lifecycle.subscriptionRemoved": () => refuseLost("subscription-removed"),
    },
    eventTypes,
  );
}

/** Nothing tells which people were concerned: an operator has to see it. */
function refuseLost(reason: "notifications-missed" | "subscription-removed"): never {
  throw new InboundError("malformed", reason, { path: "value[].lifecycleEvent" });
}

function profile(
  user: JsonObject,
  setting: (typeof externalIds)[number],
  { region, ...context }: TranslationContext,
): Encoded[] {
  const read = (name: string) => at(user, name);
  const { usageLocation } = user;
  const country =
    typeof usageLocation === "string" && /^[A-Z]{2}$/.test(usageLocation) ? usageLocation : region;
  return [
    requiredExternalId(read(setting)),
    // The name by which a user signs in looks like an address and need not be one.
    email(read("mail")),
    text("username", read("userPrincipalName")),
    phone(read("mobilePhone"), country),
    fullName({ full: read("displayName"), given: read("givenName"), family: read("surname") }),
    text("company", read("companyName")),
    text("country", read("country")),
    text("province", read("state")),
    text("city", read("city")),
    text("streetAddress", read("streetAddress")),
    text("postalCode", read("postalCode")),
    text("locale", read("preferredLanguage")),
    ...departments(read("department"), context.departments),
    ...customData(user, context.customData),
  ];
}

/** Graph says it of every user, where it is asked to. */
export function access(user: JsonObject): Encoded {
  const { value = "missing", path } = at(user, "accountEnabled");
  return status({ value, path }, { true: "Activated", false: "Suspended" });
}
