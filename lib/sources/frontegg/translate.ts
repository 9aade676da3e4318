import { customData } from "#lib/fields/custom-data.ts";
import { email, flag, url, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { FronteggEvent } from "./split.ts";

/** Frontegg's user → Authing's person. Users come whole. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user } = event.payload as FronteggEvent;
  const id = { value: event.subject, path: "user.id" };
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user === undefined) throw new InboundError("malformed", "user-missing", { path: "user" });
    return [change(user)];
  };
  const joining = present((person) => joiner(profile(person, context)));
  const moving = present((person) => mover(profile(person, context)));
  return interpret(
    event,
    {
      "frontegg.user.created": joining,
      "frontegg.user.signedUp": joining,
      "frontegg.user.invitedToTenant": moving,
      "frontegg.user.activated": moving,
      "frontegg.user.updated": moving,
      "frontegg.user.deleted": () => [leaver(id)],
    },
    eventTypes,
  );
}

/**
 * `isLocked` says nothing here: it follows wrong passwords as well as an administrator's decision, and nothing tells which.
 */
function profile(user: JsonObject, { region, customData: own }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  const address = email(read("email"));
  return [
    externalId(read("id")),
    address,
    ...(address.fields.email === undefined ? [] : [flag("emailVerified", read("verified"))]),
    phone(read("phoneNumber"), region),
    fullName({ full: read("name") }),
    url("photo", read("profilePictureUrl")),
    ...customData({ ...user, metadata: metadataOf(user) }, own),
  ];
}

/** The metadata of a user is JSON in a text. */
function metadataOf({ metadata }: JsonObject): unknown {
  if (typeof metadata !== "string") return metadata;
  try {
    const parsed: unknown = JSON.parse(metadata);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
