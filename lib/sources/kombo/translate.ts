import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, instant } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import {
  employeeChanged as changesOf,
  type Employment,
  type EmploymentWords,
} from "#lib/fields/employment.ts";
import { email, text, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import { employeeChanged, type KomboEvent } from "./split.ts";

const words: EmploymentWords = {
  active: "employed",
  pending: "employed",
  leave: "employed",
  inactive: "ended",
};

/** Kombo's employee → Authing's person. Paths, those of custom data too, begin at the employee. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { employee = {}, isForeign, isAboutOthers } = event.payload as KomboEvent;
  return interpret(
    event,
    {
      "data-changed": () => (isForeign || isAboutOthers ? [] : unasked()),
      [employeeChanged]: () => moving(employee, event.occurredAt, context),
    },
    eventTypes,
  );
}

/** Changes that could not be asked about may be departures. */
function unasked(): never {
  throw new InboundError("malformed", "api-key-missing", {
    hint: "store apiKey and integrationId in the secret of kombo: its events do not say who has changed",
  });
}

function moving(employee: JsonObject, occurredAt: string, context: TranslationContext): Change[] {
  const id = at(employee, chosenId(context, externalIds));
  if (isDeleted(employee)) return [leaver(id)];
  return changesOf([requiredExternalId(id), ...profile(employee, context)], {
    id,
    status: at(employee, "employment_status"),
    words,
    lastDay: at(employee, "termination_date"),
    occurredAt,
  } satisfies Employment);
}

/** @throws InboundError `malformed` `status-unknown` for a mark of a deletion that is no time. */
function isDeleted(employee: JsonObject): boolean {
  const { value, path } = at(employee, "remote_deleted_at");
  if (isEmpty(value)) return false;
  if (instant(value) === undefined) throw new InboundError("malformed", "status-unknown", { path });
  return true;
}

function profile(employee: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (path: string) => at(employee, path);
  const [given, family] = [read("first_name"), read("last_name")];
  const isInParts = !isEmpty(given.value) && !isEmpty(family.value);
  return [
    email(first(read("work_email"), read("personal_email"))),
    phone(read("mobile_phone_number"), region),
    fullName(isInParts ? { given, family } : { full: read("display_full_name"), given, family }),
    gender(read("gender")),
    birthdate(read("date_of_birth")),
    url("photo", read("avatar")),
    text("country", read("home_address.country")),
    text("province", read("home_address.state")),
    text("city", read("home_address.city")),
    text("streetAddress", read("home_address.street_1")),
    text("postalCode", read("home_address.zip_code")),
    ...departments(idsOf(read("groups")), context.departments),
    ...customData(employee, context.customData),
  ];
}

/** Groups come as objects, which the map of departments knows by their ids. */
function idsOf({ value, path }: Read): Read {
  return {
    value: Array.isArray(value) ? value.map((group: unknown) => at(group, "id").value) : undefined,
    path,
  };
}
