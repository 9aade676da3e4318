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
import { interpret, isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import { created, deleted, type OneLoginEvent } from "./split.ts";

/** OneLogin's user, as its API shows them today → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isListed = false } = event.payload as OneLoginEvent;
  const setting = chosenId(context, externalIds);
  // Of a user who was deleted only the id is left: by any other the ledger knows the person.
  const gone: Read = { value: setting === "id" ? event.subject : undefined, path: setting };
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user) return [change(user)];
    throw new InboundError("malformed", "user-not-read", { path: "user_id" });
  };
  const moving = present((person) =>
    mover([
      ...profile(person, setting, context),
      ...(isListed ? unlessOpen(access(person)) : [access(person)]),
    ]),
  );
  const isOfOtherNumber = /^\d+$/.test(event.type) && !isUninteresting(event.type, eventTypes);
  return interpret(
    event,
    {
      ...(isOfOtherNumber && { [event.type]: moving }),
      [created]: present((person) =>
        joiner([...profile(person, setting, context), ...unlessOpen(access(person))]),
      ),
      [deleted]: () => [leaver(gone)],
    },
    eventTypes,
  );
}

function profile(
  user: JsonObject,
  setting: (typeof externalIds)[number],
  { region, ...context }: TranslationContext,
): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    requiredExternalId(read(setting)),
    email(read("email")),
    text("username", read("username")),
    fullName({ given: read("firstname"), family: read("lastname") }),
    phone(read("phone"), region),
    text("company", read("company")),
    text("locale", read("preferred_locale_code")),
    ...departments(read("department"), context.departments),
    ...customData(user, context.customData),
  ];
}

/**
 * 0 unactivated, which a deactivated user is, too; 1 active, 2 suspended; 3 locked after wrong passwords, which ends by itself; 4, 5, 7, 8:
 * something about the password is to be done. https://developers.onelogin.com/api-docs/2/users/user-resource
 */
export function access(user: JsonObject): Encoded {
  const { value, path } = at(user, "status");
  return status(
    { value: value ?? "missing", path },
    {
      "0": "Suspended",
      "1": "Activated",
      "2": "Suspended",
      "3": "Activated",
      "4": "Activated",
      "5": "Activated",
      "7": "Activated",
      "8": "Activated",
    },
  );
}
