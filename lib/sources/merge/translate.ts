import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, text, url, yesOrNo, type Encoded } from "#lib/fields/encode.ts";
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
import { interpret, type Meanings } from "#lib/payloads/interpret.ts";
import { externalIds } from "./external-ids.ts";
import { eventTypes, syncTypes } from "./event-types.ts";
import type { MergeEvent } from "./split.ts";

/** Merge hands on the words of a system that it cannot map; these are the ones it maps, and those for a leave. */
const words: EmploymentWords = {
  active: "employed",
  pending: "employed",
  "on leave": "employed",
  "leave of absence": "employed",
  inactive: "ended",
};

/** Merge's employee → Authing's person. Paths, those of custom data too, begin at the employee. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { employee = {}, isForeign } = event.payload as MergeEvent;
  const own = (changes: () => Change[]) => () => (isForeign ? [] : changes());
  const record = () => recordOf(employee, event.occurredAt, context);
  const joining = own(() => whereThere(employee, context, () => hired(...record())));
  const moving = own(() => whereThere(employee, context, () => employeeChanged(...record())));
  const leaving = own(() => [leaver(idOf(employee, context))]);
  const syncs: Meanings = Object.fromEntries([...syncTypes].map((type) => [type, own(unasked)]));
  return interpret(
    event,
    {
      "employee.added": joining,
      "employee.created": joining,
      "employee.changed": moving,
      "employee.updated": moving,
      "employee.removed": leaving,
      "employee.deleted": leaving,
      ...syncs,
    },
    eventTypes,
  );
}

/** A sync that could not be asked about may stand for a departure. */
function unasked(): never {
  throw new InboundError("malformed", "api-key-missing", {
    hint: "store apiKey and accountToken in the secret of merge, or let Merge send changed data in place of syncs",
  });
}

/** @throws InboundError `malformed` `status-unknown` for a mark of a deletion that is neither true nor false. */
function whereThere(employee: JsonObject, context: TranslationContext, changes: () => Change[]): Change[] {
  const { value, path } = at(employee, "remote_was_deleted");
  const isDeleted = isEmpty(value) ? false : yesOrNo(value);
  if (isDeleted === undefined) throw new InboundError("malformed", "status-unknown", { path });
  return isDeleted ? [leaver(idOf(employee, context))] : changes();
}

const idOf = (employee: JsonObject, context: TranslationContext): Read =>
  at(employee, chosenId(context, externalIds));

function recordOf(
  employee: JsonObject,
  occurredAt: string,
  context: TranslationContext,
): [Encoded[], Employment] {
  const id = idOf(employee, context);
  return [
    [requiredExternalId(id), ...profile(employee, context)],
    {
      id,
      status: at(employee, "employment_status"),
      words,
      lastDay: at(employee, "termination_date"),
      occurredAt,
    },
  ];
}

function profile(employee: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (path: string) => at(employee, path);
  const [given, family] = [read("first_name"), read("last_name")];
  const isInParts = !isEmpty(given.value) && !isEmpty(family.value);
  return [
    email(first(read("work_email"), read("personal_email"))),
    phone(read("mobile_phone_number"), region),
    text("username", read("username")),
    fullName(isInParts ? { given, family } : { full: read("display_full_name"), given, family }),
    text("nickname", read("preferred_name")),
    gender(read("gender")),
    birthdate(read("date_of_birth")),
    url("photo", read("avatar")),
    // An id, unless Merge was asked to expand it.
    text("country", read("home_location.country")),
    text("province", read("home_location.state")),
    text("city", read("home_location.city")),
    text("streetAddress", read("home_location.street_1")),
    text("postalCode", read("home_location.zip_code")),
    ...departments(read("groups"), context.departments),
    ...customData(employee, context.customData),
  ];
}
