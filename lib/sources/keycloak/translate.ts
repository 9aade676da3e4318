import { birthdate } from "#lib/fields/date.ts";
import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, flag, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { KeycloakEvent } from "./split.ts";

/** Keycloak's user → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as KeycloakEvent;
  const id = { value: event.subject, path: "id" };
  const about = (change: (user: JsonObject) => Change, otherwise?: () => Change[]) => () =>
    whereUser(id, said, change, otherwise);
  const joining = (user: JsonObject) =>
    joiner([externalId(id), ...profile(user, true, context), ...unlessOpen(access(user))]);
  const moving = (user: JsonObject) => {
    const isWhole = said.isWhole === true;
    const opening = said.isListed ? unlessOpen(access(user)) : [access(user)];
    return mover([externalId(id), ...profile(user, isWhole, context), ...opening], { isWhole });
  };
  const { details = {} } = said;
  const disabled = status({ value: "disabled", path: "type" }, { disabled: "Suspended" });
  return interpret(
    event,
    {
      "admin.USER-CREATE": about(joining),
      "admin.USER-UPDATE": about(moving),
      "admin.USER-DELETE": () => [leaver(id)],
      "access.REGISTER": about(joining, () => [joiner([externalId(id), ...registered(details)])]),
      "access.UPDATE_PROFILE": about(moving, () => [
        mover([externalId(id), ...updated(details)], { isWhole: false }),
      ]),
      "access.UPDATE_EMAIL": about(moving, () => [
        mover([externalId(id), ...updated(details)], { isWhole: false }),
      ]),
      "access.VERIFY_EMAIL": about(moving, () => [
        mover([externalId(id), ...verified(details)], { isWhole: false }),
      ]),
      "access.DELETE_ACCOUNT": () => [leaver(id)],
      // After too many wrong passwords, where the realm says that such a lock is for good.
      "access.USER_DISABLED_BY_PERMANENT_LOCKOUT": about(moving, () => [mover([disabled], { id })]),
    },
    eventTypes,
  );
}

/** A user who was deleted before they were read has left, whatever the event says. Programs' own accounts are no people. */
function whereUser(
  id: Read,
  { user }: KeycloakEvent,
  change: (user: JsonObject) => Change,
  otherwise: (() => Change[]) | undefined,
): Change[] {
  if (user === null) return [leaver(id)];
  if (user !== undefined) return isOfProgram(user) ? [] : [change(user)];
  if (otherwise) return otherwise();
  throw new InboundError("malformed", "representation-missing", {
    path: "representation",
    hint: "switch on Include representation in the realm's settings for admin events, or store the credentials of the Admin API",
  });
}

function isOfProgram({ serviceAccountClientId, serviceAccountClientLink }: JsonObject): boolean {
  return !isEmpty(serviceAccountClientId) || !isEmpty(serviceAccountClientLink);
}

function profile(user: JsonObject, isWhole: boolean, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  const attribute = (...names: [string, ...string[]]) =>
    first(...(names.map((name) => at(user, `attributes.${name}[0]`)) as [Read, ...Read[]]));
  const address = email(read("email"));
  const names = { given: read("firstName"), family: read("lastName") };
  const mobile = phone(attribute("phoneNumber", "phone", "mobile"), region);
  return [
    address,
    ...(address.fields.email === undefined ? [] : [flag("emailVerified", read("emailVerified"))]),
    text("username", read("username")),
    // Half a name must not become the whole one.
    ...(isWhole || (!isEmpty(names.given.value) && !isEmpty(names.family.value))
      ? [fullName(names)]
      : [text("givenName", names.given), text("familyName", names.family)]),
    mobile,
    ...(mobile.fields.phone === undefined ? [] : [flag("phoneVerified", attribute("phoneNumberVerified"))]),
    text("nickname", attribute("nickname")),
    gender(attribute("gender")),
    birthdate(attribute("birthdate")),
    url("photo", attribute("picture")),
    url("website", attribute("website")),
    text("locale", attribute("locale")),
    text("zoneinfo", attribute("zoneinfo")),
    ...departments(read("groups"), context.departments),
    ...customData(user, context.customData),
  ];
}

function access(user: JsonObject): Encoded {
  return status(at(user, "enabled"), { true: "Activated", false: "Suspended" });
}

/** What an event of a user's own registration says: the form, not the user. */
function registered(details: JsonObject): Encoded[] {
  return [
    email(at(details, "email")),
    text("username", at(details, "username")),
    fullName({ given: at(details, "first_name"), family: at(details, "last_name") }),
  ];
}

function updated(details: JsonObject): Encoded[] {
  const names = { given: at(details, "updated_first_name"), family: at(details, "updated_last_name") };
  const hasBoth = !isEmpty(names.given.value) && !isEmpty(names.family.value);
  return [
    email(at(details, "updated_email")),
    text("username", at(details, "updated_username")),
    ...(hasBoth ? [fullName(names)] : [text("givenName", names.given), text("familyName", names.family)]),
  ];
}

/** Only of the address that was verified. */
function verified(details: JsonObject): Encoded[] {
  const address = email(at(details, "email"));
  const isTold = address.fields.email !== undefined;
  return [address, ...(isTold ? [flag("emailVerified", { value: true, path: "type" })] : [])];
}
