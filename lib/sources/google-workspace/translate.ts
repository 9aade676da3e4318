import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { GoogleEvent } from "./split.ts";

type IdName = (typeof externalIds)[number];

/** A user of Google Workspace, as the Directory API shows them today → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isListed = false } = event.payload as GoogleEvent;
  const setting = chosenId(context, externalIds);
  // Of a user who was deleted only the id is left: by any other the ledger knows the person.
  const gone: Read = { value: setting === "id" ? event.subject : undefined, path: setting };
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user === undefined) throw new InboundError("malformed", "user-not-read", { path: "id" });
    // A user who was deleted before they were read has left, whatever the notification says.
    return [user === null ? leaver(gone) : change(user)];
  };
  const moving = present((person) =>
    mover([
      ...profile(person, setting, context),
      ...(isListed ? unlessOpen(access(person)) : [access(person)]),
    ]),
  );
  return interpret(
    event,
    {
      add: present((person) => joiner([...profile(person, setting, context), ...unlessOpen(access(person))])),
      update: moving,
      undelete: moving,
      delete: () => [leaver(gone)],
    },
    eventTypes,
  );
}

function profile(user: JsonObject, setting: IdName, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  const address = (name: string) => read(`addresses[type='work'].${name}`);
  return [
    requiredExternalId(setting === "id" ? read("id") : read("externalIds[type='organization'].value")),
    email(read("primaryEmail")),
    fullName({ full: read("name.fullName"), given: read("name.givenName"), family: read("name.familyName") }),
    phone(read("phones[type='mobile'].value"), region),
    gender(read("gender.type")),
    url("photo", read("thumbnailPhotoUrl")),
    text("country", address("country")),
    text("province", address("region")),
    text("city", address("locality")),
    text("streetAddress", address("streetAddress")),
    text("postalCode", address("postalCode")),
    ...departments(departmentOf(user), context.departments),
    ...customData(user, context.customData),
  ];
}

/** The department of the primary organization; without one, the organizational unit, unless it is the root. */
function departmentOf(user: JsonObject): Read {
  const { organizations } = user;
  const all: readonly unknown[] = Array.isArray(organizations) ? organizations : [];
  const primary = all.findIndex((each) => isJsonObject(each) && each.primary === true);
  const department = at(user, `organizations[${Math.max(primary, 0)}].department`);
  const unit = at(user, "orgUnitPath");
  return isEmpty(department.value) && unit.value !== "/" ? unit : department;
}

/** An archived user cannot sign in, and keeps their data. */
function access(user: JsonObject): Encoded {
  const archived = at(user, "archived");
  if (!isEmpty(archived.value) && archived.value !== false) return status(archived, { true: "Archived" });
  const { value, path } = at(user, "suspended");
  return status({ value: value ?? "missing", path }, { true: "Suspended", false: "Activated" });
}
