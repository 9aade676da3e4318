import { email, status, text, type Encoded } from "#lib/fields/encode.ts";
import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import type { OktaEvent } from "./split.ts";

/** Okta's user → Authing's person. What happened says which change it is, what Okta says of the user today says the rest. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { result, user } = event.payload as OktaEvent;
  const id = { value: event.subject, path: "id" };
  if (result !== "SUCCESS") return [];
  switch (event.type) {
    case "user.lifecycle.create":
    case "user.lifecycle.activate":
    case "user.lifecycle.reactivate":
      return whereStillThere(id, user, (known) =>
        joiner([...profile(known, context), ...whileSuspended(known)]),
      );
    case "user.account.update_profile":
      return whereStillThere(id, user, (known) =>
        mover([...profile(known, context), ...whileSuspended(known)]),
      );
    case "user.lifecycle.unsuspend":
      return whereStillThere(id, user, (known) => mover([...profile(known, context), access(known)]));
    case "user.lifecycle.suspend":
      return [mover([status({ value: "suspended", path: "eventType" }, { suspended: "Suspended" })], { id })];
    case "user.lifecycle.deactivate":
    case "user.lifecycle.delete.initiated":
      return [leaver(id)];
    default:
      return [];
  }
}

/** A user who is not there any more, or has been deactivated since, has left, whatever the event says. */
function whereStillThere(
  id: Read,
  user: JsonObject | null | undefined,
  change: (user: JsonObject) => Change,
): Change[] {
  if (user === undefined) return [];
  return [user === null || user.status === "DEPROVISIONED" ? leaver(id) : change(user)];
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, `profile.${name}`);
  return [
    externalId(at(user, "id")),
    email(read("email")),
    text("username", read("login")),
    // Users may write anything into these: only what is a mobile number for certain is taken.
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

/** Only an unsuspension opens an account: an operator at Authing may have had a reason to close it. */
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
