import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, status, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { partialName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** The user of SuccessFactors, under the names of its OData entity `User` → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { payload: user } = event;
  const id = at(user, "userId");
  const name = partialName({
    given: at(user, "firstName"),
    middle: at(user, "mi"),
    family: at(user, "lastName"),
  });
  const fields = () => [...profile(user, context), ...name.encoded];
  const leaving = () => {
    const lastDay = calendarDay(first(at(user, "lastDateWorked"), at(user, "endDate")));
    return [leaver(id, { lastDay })];
  };
  // A user is inactive before the first day, too.
  const hasLeft = () => isInactive(user) && !isToCome(user, event.occurredAt);
  const joining = () => (hasLeft() ? leaving() : [joiner(fields())]);
  const moving = () => (hasLeft() ? leaving() : [mover(fields(), { isWhole: name.isWhole })]);
  const staying = () => [
    mover([externalId(id), status({ value: "active", path: "event" }, { active: "Activated" })], {
      departure: "none",
      isWhole: false,
    }),
  ];
  return interpret(
    // The types of SOAP's events: com.successfactors.Employment.AssignmentInformation.Termination.
    { type: event.type.replace(/^com-successfactors-.+-/, "") },
    {
      hire: joining,
      "new-hire": joining,
      "employee-hire": joining,
      rehire: joining,
      "employee-rehire": joining,
      termination: leaving,
      "employee-termination": leaving,
      "termination-cancelled": staying,
      "termination-reverted": staying,
      "change-in-department": moving,
      "change-in-division": moving,
      "change-in-email-information": moving,
      "change-in-employee-information": moving,
      "change-in-job-information": moving,
      "change-in-job-title": moving,
      "change-in-location": moving,
      "change-in-manager": moving,
      "change-in-name": moving,
      "change-in-personal-information": moving,
      "change-in-phone-information": moving,
      "employee-changed": moving,
      "employee-transfer": moving,
      promotion: moving,
      transfer: moving,
    },
    eventTypes,
  );
}

/** `t` and `f` of the OData API; `e` and `d` of users of the external suite. */
const inactive: Readonly<Record<string, boolean>> = {
  t: false,
  active: false,
  e: false,
  active_external_suite: false,
  f: true,
  inactive: true,
  d: true,
  inactive_external_suite: true,
};

/**
 * Where nothing is said, the event alone counts.
 *
 * @throws InboundError `malformed` `status-unknown` for any other word.
 */
function isInactive(user: unknown): boolean {
  const { value, path } = at(user, "status");
  if (isEmpty(value)) return false;
  const word = plainWord(value);
  const found = Object.hasOwn(inactive, word) ? inactive[word] : undefined;
  if (found !== undefined) return found;
  throw new InboundError("malformed", "status-unknown", {
    path,
    hint: "let status be the user's status of SuccessFactors: t or f, active or inactive",
  });
}

function isToCome(user: unknown, occurredAt: string): boolean {
  const firstDay = calendarDay(at(user, "hireDate"));
  return firstDay !== undefined && firstDay > occurredAt.slice(0, 10);
}

function profile(user: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  return [
    externalId(read("userId")),
    email(read("email")),
    phone(read("cellPhone"), region),
    text("username", read("username")),
    text("nickname", read("nickname")),
    gender(read("gender")),
    birthdate(read("dateOfBirth")),
    text("country", read("country")),
    text("province", read("state")),
    text("city", read("city")),
    text("streetAddress", read("addressLine1")),
    text("postalCode", read("zipCode")),
    ...departments(read("department"), context.departments),
    ...customData(user, context.customData),
  ];
}
