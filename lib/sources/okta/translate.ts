import { email, status, text, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { OktaEvent } from "./split.ts";

/**
 * Okta's user → Authing's person. The type of the event decides which change it is; the fields come from the user as Okta has them today.
 */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as OktaEvent;
  const id = { value: event.subject, path: "id" };
  const present = (change: (user: JsonObject) => Change) => () =>
    whereHappened(said, () => whereStillThere(id, said.user, change));
  const joining = present((user) => joiner([...profile(user, context), ...unlessOpen(access(user))]));
  const moving = present((user) => mover([...profile(user, context), ...unlessOpen(access(user))]));
  const leaving = () => whereHappened(said, () => [leaver(id)]);
  const suspended = status({ value: "suspended", path: "eventType" }, { suspended: "Suspended" });
  return interpret(
    event,
    {
      "user.lifecycle.create": joining,
      "user.lifecycle.activate": joining,
      "user.lifecycle.reactivate": joining,
      "user.account.update_profile": moving,
      "user.account.update_primary_email": moving,
      "user.lifecycle.unsuspend": present((user) => mover([...profile(user, context), access(user)])),
      "user.lifecycle.suspend": () => whereHappened(said, () => [mover([suspended], { id })]),
      "user.lifecycle.deactivate": leaving,
      "user.lifecycle.delete.initiated": leaving,
      "user.lifecycle.delete.completed": leaving,
    },
    eventTypes,
  );
}

/** Outcomes in which nothing has happened to the user. */
const inVain: ReadonlySet<string> = new Set(["FAILURE", "SKIPPED", "DENY"]);

function whereHappened({ result }: OktaEvent, changes: () => Change[]): Change[] {
  if (result === "SUCCESS") return changes();
  if (inVain.has(result)) return [];
  throw new InboundError("malformed", "outcome-unknown", {
    path: "outcome.result",
    hint: "look the user up in Okta: nothing says whether this has happened",
  });
}

/** A user who does not exist any more, or has been deactivated since, has left, whatever the event says. */
function whereStillThere(
  id: Read,
  user: JsonObject | null | undefined,
  change: (user: JsonObject) => Change,
): Change[] {
  if (user === undefined) throw new InboundError("malformed", "user-not-read", { path: "user" });
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

/** Okta gives a status for every user. A lock after wrong passwords ends by itself, so that it closes nothing. */
export function access(user: JsonObject): Encoded {
  const { value = "missing", path } = at(user, "status");
  return status(
    { value, path },
    {
      staged: "Activated",
      provisioned: "Activated",
      active: "Activated",
      recovery: "Activated",
      password_expired: "Activated",
      locked_out: "Activated",
      suspended: "Suspended",
    },
  );
}
