import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { ScalekitEvent } from "./split.ts";

const scimEnterprise = "raw_attributes['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User']";

/** A user that a customer's directory brings → Authing's person. Users come whole, deleted ones too. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user } = event.payload as ScalekitEvent;
  return interpret(
    event,
    {
      "organization.directory.user_created": () => [
        joiner([...profile(user, context), ...unlessOpen(access(user))]),
      ],
      "organization.directory.user_updated": () => [mover([...profile(user, context), access(user)])],
      "organization.directory.user_deleted": () => [leaver(idOf(user, context))],
      // Scalekit sends no event for each of its people.
      "organization.directory_disabled": () => {
        throw new InboundError("malformed", "directory-deleted", { path: eventTypes.path });
      },
    },
    eventTypes,
  );
}

function profile(user: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    requiredExternalId(idOf(user, context)),
    email(read("email")),
    text("username", read("preferred_username")),
    fullName({ full: read("name"), given: read("given_name"), family: read("family_name") }),
    // SCIM's own names, where the directory says more than Scalekit's.
    phone(first(read("phone_number"), read("raw_attributes.phoneNumbers[type='mobile'].value")), region),
    url("photo", read("picture")),
    text("locale", read("locale")),
    ...departments(first(read("department"), read(`${scimEnterprise}.department`)), context.departments),
    ...customData(user, context.customData),
  ];
}

function idOf(user: unknown, context: Pick<TranslationContext, "externalId">): Read {
  return at(user, chosenId(context, externalIds));
}

function access(user: unknown): Encoded {
  const { value = "missing", path } = at(user, "active");
  return status({ value, path }, { true: "Activated", false: "Suspended" });
}
