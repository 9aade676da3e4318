import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { LogtoEvent } from "./split.ts";

/** Logto's user → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "params.userId" };
  const { user, isWhole } = event.payload as LogtoEvent;
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user === null) return [leaver(id)];
    if (user === undefined || !isWhole)
      throw new InboundError("malformed", "user-not-read", { path: "data" });
    return [change(user)];
  };
  const joining = present((user) => joiner([...profile(user, context), ...unlessOpen(access(user))]));
  return interpret(
    event,
    {
      PostRegister: joining,
      "User.Created": joining,
      "User.Data.Updated": () => {
        if (user === null) return [leaver(id)];
        // A password, a role: routes that answer with nothing of the user.
        if (user === undefined) return [];
        const change = mover([...profile(user, context), ...unlessOpen(access(user))], { id, isWhole });
        return tellsNothing(change) ? [] : [change];
      },
      "User.SuspensionStatus.Updated": present((user) => mover([...profile(user, context), access(user)])),
      "User.Deleted": () => [leaver(id)],
    },
    eventTypes,
  );
}

/** Logto says whether a user is suspended in every whole user. */
export function access(user: JsonObject): Encoded {
  return status(at(user, "isSuspended"), { true: "Suspended", false: "Activated" });
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    externalId(read("id")),
    email(read("primaryEmail")),
    phone(withPlus(read("primaryPhone")), region),
    text("username", read("username")),
    fullName({
      full: read("name"),
      given: read("profile.givenName"),
      middle: read("profile.middleName"),
      family: read("profile.familyName"),
    }),
    text("nickname", read("profile.nickname")),
    text("preferredUsername", read("profile.preferredUsername")),
    url("photo", read("avatar")),
    url("profile", read("profile.profile")),
    url("website", read("profile.website")),
    gender(read("profile.gender")),
    birthdate(read("profile.birthdate")),
    text("zoneinfo", read("profile.zoneinfo")),
    text("locale", read("profile.locale")),
    text("formatted", read("profile.address.formatted")),
    text("streetAddress", read("profile.address.streetAddress")),
    text("city", read("profile.address.locality")),
    text("province", read("profile.address.region")),
    text("postalCode", read("profile.address.postalCode")),
    text("country", read("profile.address.country")),
    ...customData(user, context.customData),
  ];
}

/** Logto stores international numbers without their plus sign. */
function withPlus({ value, path }: Read): Read {
  return { value: typeof value === "string" && /^[1-9]\d+$/.test(value) ? `+${value}` : value, path };
}
