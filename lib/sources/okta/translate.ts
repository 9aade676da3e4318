import { assemble, email, status, text, type Encoded } from "#lib/fields/encode.ts";
import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { refuseLongIds } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import type { OktaEvent } from "./split.ts";

/** Okta's user → Authing's person. What happened says which change it is, what Okta says of the user today says the rest. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { result, user } = event.payload as OktaEvent;
  if (result !== "SUCCESS") return [];
  switch (event.type) {
    case "user.lifecycle.create":
    case "user.lifecycle.activate":
    case "user.lifecycle.reactivate":
      return whereStillThere(event, user, (known) => joiner(known, context));
    case "user.account.update_profile":
      return whereStillThere(event, user, (known) => mover(event, known, context, whileSuspended(known)));
    case "user.lifecycle.unsuspend":
      return whereStillThere(event, user, (known) => mover(event, known, context, [access(known)]));
    case "user.lifecycle.suspend":
      return [suspended(event)];
    case "user.lifecycle.deactivate":
    case "user.lifecycle.delete.initiated":
      return [leaver(event)];
    default:
      return [];
  }
}

/** Somebody who is not there any more, or has been deactivated since, has left, whatever the event says. */
function whereStillThere(
  event: SourceEvent,
  user: JsonObject | null | undefined,
  change: (user: JsonObject) => Change,
): Change[] {
  if (user === undefined) return [];
  return [user === null || user.status === "DEPROVISIONED" ? leaver(event) : change(user)];
}

function joiner(user: JsonObject, context: TranslationContext): Change {
  const { person, trail, dropped } = assemble([...profile(user, context), ...whileSuspended(user)]);
  refuseLongIds("id", person.externalId);
  return { kind: "create", person, trail, ...(dropped.length > 0 && { dropped }) };
}

function mover(
  { subject }: SourceEvent,
  user: JsonObject,
  context: TranslationContext,
  access: readonly Encoded[],
): Change {
  refuseLongIds("id", subject);
  const { person, trail, dropped } = assemble([...profile(user, context), ...access]);
  const hasLogin = person.email !== undefined || person.phone !== undefined || person.username !== undefined;
  return {
    kind: "update",
    who: { externalId: subject },
    person,
    complete: hasLogin,
    trail,
    ...(dropped.length > 0 && { dropped }),
  };
}

function suspended({ subject, type }: SourceEvent): Change {
  refuseLongIds("id", subject);
  const { person, trail } = assemble([status({ value: type, path: "eventType" }, { [type]: "Suspended" })]);
  return { kind: "update", who: { externalId: subject }, person, complete: false, trail };
}

function leaver({ subject }: SourceEvent): Change {
  refuseLongIds("id", subject);
  return { kind: "leave", who: { externalId: subject } };
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, `profile.${name}`);
  return [
    text("externalId", at(user, "id")),
    email(read("email")),
    text("username", read("login")),
    // Anybody may write anything into these: only what is a mobile number for certain is taken.
    phone(first(read("mobilePhone"), read("primaryPhone")), region),
    fullName({
      full: read("displayName"),
      given: read("firstName"),
      middle: read("middleName"),
      family: read("lastName"),
    }),
    text("nickname", read("nickName")),
    text("country", read("countryCode")),
    text("province", read("state")),
    text("city", read("city")),
    text("streetAddress", read("streetAddress")),
    text("postalCode", read("zipCode")),
    ...departments(read("department"), context.departments),
    ...customData(user, context.customData),
  ];
}

/** Only an unsuspension opens an account: somebody at Authing may have had a reason to close it. */
function whileSuspended(user: JsonObject): Encoded[] {
  return user.status === "SUSPENDED" ? [access(user)] : [];
}

function access(user: JsonObject): Encoded {
  return status(at(user, "status"), {
    staged: "Activated",
    provisioned: "Activated",
    active: "Activated",
    recovery: "Activated",
    password_expired: "Activated",
    locked_out: "Activated",
    suspended: "Suspended",
  });
}
