import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, plainWord, text, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret, type Meanings } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import { aboutEmployments, offboarded, type RemoteEvent } from "./split.ts";

const words: EmploymentWords = {
  active: "employed",
  "pre hire": "employed",
  archived: "ended",
  deleted: "ended",
  inactive: "ended",
  offboarded: "ended",
  terminated: "ended",
};

/** Statuses of an employment that is being set up: no agreement is signed, and there is no person to make an account for. */
const notYet = new Set([
  "created",
  "created_awaiting_reserve",
  "created_reserve_paid",
  "initiated",
  "invited",
  "job_title_review",
  "pending",
  "review",
]);

const joinerTypes = new Set(["employment.onboarding.completed", "employment.user_status.activated"]);

/** Remote's employment → Authing's person. Paths, those of custom data too, begin at the employment. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  return interpret(event, meaningsOf(event, context), eventTypes);
}

/** Of whatever concerns an employment, the employment says what it means. */
function meaningsOf(event: SourceEvent, context: TranslationContext): Meanings {
  const { type, subject } = event;
  const { employment } = event.payload as RemoteEvent;
  const leaving = () => [leaver(at({ id: subject }, chosenId(context, externalIds)))];
  const present = (found: JsonObject) =>
    notYet.has(plainWord(found.status))
      ? []
      : (joinerTypes.has(type) ? hired : employeeChanged)(...recordOf(found, event, context));
  if (type === offboarded) {
    return { [type]: () => (employment ? offboarding(employment, present, context) : leaving()) };
  }
  if (!aboutEmployments.test(type)) return {};
  return {
    [type]: () => {
      if (employment === undefined) throw tokenMissing();
      return present(employment);
    },
  };
}

/** Believed, since it is signed; the employment may name a last day that is still to come. */
function offboarding(
  employment: JsonObject,
  present: (found: JsonObject) => Change[],
  context: TranslationContext,
): Change[] {
  const changes = present(employment);
  if (changes.some(({ kind }) => kind === "leave")) return changes;
  return [leaver(at(employment, chosenId(context, externalIds)))];
}

function tokenMissing(): InboundError {
  return new InboundError("malformed", "api-key-missing", {
    hint: "store apiToken in the secret of remote: its events hold ids only",
  });
}

function recordOf(
  employment: JsonObject,
  { occurredAt }: SourceEvent,
  context: TranslationContext,
): [Encoded[], Employment] {
  const read = (path: string) => at(employment, path);
  const id = read(chosenId(context, externalIds));
  const [given, family] = [read("personal_details.first_name"), read("personal_details.last_name")];
  const isInParts = !isEmpty(given.value) && !isEmpty(family.value);
  return [
    [
      requiredExternalId(id),
      email(first(read("work_email"), read("personal_email"), read("email"))),
      phone(first(read("personal_details.mobile_number"), read("mobile_number")), context.region),
      fullName(isInParts ? { given, family } : { full: first(read("full_name"), read("name")) }),
      gender(read("personal_details.gender")),
      birthdate(read("personal_details.date_of_birth")),
      text("country", first(read("country_code"), read("country.code"))),
      text("city", read("address_details.city")),
      text("streetAddress", read("address_details.address")),
      text("postalCode", read("address_details.postal_code")),
      ...departments(first(read("department_id"), read("department.id")), context.departments),
      ...customData(employment, context.customData),
    ],
    { id, status: read("status"), words, lastDay: read("termination_date"), occurredAt },
  ];
}
