import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, text, url, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** Cognito's user → Authing's person. An invocation holds all attributes that the user has; nothing says that one was emptied. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  return interpret(
    event,
    {
      PostConfirmation_ConfirmSignUp: () => [joiner(profile(event.payload, context))],
      // A new password opens no account that is closed at Authing.
      PostConfirmation_ConfirmForgotPassword: () => [mover(profile(event.payload, context))],
    },
    eventTypes,
  );
}

function profile(payload: unknown, context: TranslationContext): Encoded[] {
  const read = (name: string) => at(payload, `request.userAttributes.${name}`);
  return [
    externalId(read("sub")),
    ...verified(email(read("email")), "email", flag("emailVerified", read("email_verified"))),
    ...verified(
      phone(read("phone_number"), context.region),
      "phone",
      flag("phoneVerified", read("phone_number_verified")),
    ),
    text("username", userName(payload, read("sub"))),
    text("preferredUsername", read("preferred_username")),
    fullName({
      full: read("name"),
      given: read("given_name"),
      middle: read("middle_name"),
      family: read("family_name"),
    }),
    text("nickname", read("nickname")),
    gender(read("gender")),
    birthdate(read("birthdate")),
    url("photo", read("picture")),
    url("profile", read("profile")),
    url("website", read("website")),
    text("address", read("address")),
    text("locale", read("locale")),
    text("zoneinfo", read("zoneinfo")),
    ...customData(payload, context.customData),
  ];
}

/** Whether an address is verified says something about an address only. */
const verified = (encoded: Encoded, field: "email" | "phone", isVerified: Encoded): Encoded[] =>
  encoded.fields[field] === undefined ? [encoded] : [encoded, isVerified];

/** In a pool where people sign in with an address, Cognito makes the name of the `sub`: no person knows it, so it is no name to sign in with. */
function userName(payload: unknown, sub: Read): Read {
  const read = at(payload, "userName");
  return read.value === sub.value ? { ...read, value: undefined } : read;
}
