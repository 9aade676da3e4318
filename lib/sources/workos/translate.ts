import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, flag, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, externalId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { WorkosEvent } from "./split.ts";

/**
 * Two kinds of people → Authing's person: directory users, brought by a directory of a customer, and users of AuthKit. Both come
 * whole, deleted ones too; the state of a deleted one is the one before.
 */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { data, isListed = false } = event.payload as WorkosEvent;
  const access = isListed ? unlessOpen(stateOf(data)) : [stateOf(data)];
  return interpret(
    event,
    {
      "dsync.user.created": () => [joiner([...directoryUser(data, context), ...unlessOpen(stateOf(data))])],
      "dsync.user.updated": () => [mover([...directoryUser(data, context), ...access])],
      "dsync.user.deleted": () => [leaver(directoryId(data, context))],
      "user.created": () => [joiner(user(data, context))],
      "user.updated": () => [mover(user(data, context))],
      "user.deleted": () => [leaver(first(at(data, "external_id"), at(data, "id")))],
      // WorkOS sends no event for each of its people.
      "dsync.deleted": () => {
        throw new InboundError("malformed", "directory-deleted", {
          path: eventTypes.path,
          hint: "the whole directory was disconnected in WorkOS: decide what becomes of its people, then discard this event",
        });
      },
    },
    eventTypes,
  );
}

function directoryUser(data: unknown, context: TranslationContext): Encoded[] {
  const read = (name: string) => at(data, name);
  return [
    requiredExternalId(directoryId(data, context)),
    email(first(read("email"), primaryEmail(data))),
    text("username", first(read("username"), read("custom_attributes.username"))),
    fullName({ full: read("name"), given: read("first_name"), family: read("last_name") }),
    ...departments(read("custom_attributes.department_name"), context.departments),
    ...customData(data, context.customData),
  ];
}

function user(data: unknown, context: TranslationContext): Encoded[] {
  const read = (name: string) => at(data, name);
  const address = email(read("email"));
  return [
    externalId(first(read("external_id"), read("id"))),
    address,
    ...(address.fields.email === undefined ? [] : [flag("emailVerified", read("email_verified"))]),
    fullName({ full: read("name"), given: read("first_name"), family: read("last_name") }),
    url("photo", read("profile_picture_url")),
    text("locale", read("locale")),
    ...customData(data, context.customData),
  ];
}

function directoryId(data: unknown, context: TranslationContext): Read {
  return at(data, chosenId(context, externalIds));
}

/** `emails` is a list in older payloads, and a custom attribute in newer ones. */
function primaryEmail(data: unknown): Read {
  for (const path of ["emails", "custom_attributes.emails"]) {
    const { value: list } = at(data, path);
    if (!Array.isArray(list) || list.length === 0) continue;
    const index = list.findIndex((entry) => isJsonObject(entry) && entry.primary === true);
    return at(data, `${path}[${Math.max(index, 0)}].value`);
  }
  return at(data, "emails[0].value");
}

/** `suspended` is `inactive` since 2023-12-11: https://workos.com/changelog/directory-sync-user-state-consolidation */
export function stateOf(data: unknown): Encoded {
  const { value = "missing", path } = at(data, "state");
  return status({ value, path }, { active: "Activated", inactive: "Suspended", suspended: "Suspended" });
}
