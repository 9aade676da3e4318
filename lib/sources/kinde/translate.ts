import { customData } from "#lib/fields/custom-data.ts";
import { email, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { KindeEvent } from "./split.ts";

/** Kinde's user → Authing's person. Users come whole, except for deleted ones. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isListed = false } = event.payload as KindeEvent;
  return interpret(
    event,
    {
      "user.created": () => [joiner([...profile(user, context), ...unlessOpen(access(user))])],
      "user.updated": () => [
        mover([...profile(user, context), ...(isListed ? unlessOpen(access(user)) : [access(user)])]),
      ],
      "user.deleted": () => [leaver({ value: event.subject, path: "data.user.id" })],
    },
    eventTypes,
  );
}

function profile(user: unknown, { region, customData: own }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    externalId(read("id")),
    email(read("email")),
    text("username", read("username")),
    phone(read("phone"), region),
    fullName({ given: read("first_name"), family: read("last_name") }),
    // Events and the API call it differently.
    url("photo", first(read("image_url"), read("picture"))),
    ...customData(user, own),
  ];
}

/** Absent from some older events: then nothing is said. */
export function access(user: unknown): Encoded {
  return status(at(user, "is_suspended"), { true: "Suspended", false: "Activated" });
}
