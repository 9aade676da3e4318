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
import { interpret, sameMeaning } from "#lib/payloads/interpret.ts";
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
  const isGone = () => hasLeft(user, event.occurredAt);
  const joining = () => (isGone() ? leaving() : [joiner(fields())]);
  const moving = () => (isGone() ? leaving() : [mover(fields(), { isWhole: name.isWhole })]);
  const staying = () => [
    mover([externalId(id), status({ value: "active", path: "event" }, { active: "Activated" })], {
      departure: "none",
      isWhole: false,
    }),
  ];
  return interpret(
    { type: typeOf(event) },
    {
      ...sameMeaning(hires, joining),
      ...sameMeaning(departures, leaving),
      "termination-cancelled": staying,
      "termination-reverted": staying,
      ...sameMeaning(changes, moving),
    },
    eventTypes,
  );
}

const hires: ReadonlySet<string> = new Set([
  "hire",
  "new-hire",
  "employee-hire",
  "rehire",
  "employee-rehire",
]);
const departures: ReadonlySet<string> = new Set(["termination", "employee-termination"]);
const changes: ReadonlySet<string> = new Set([
  "change-in-department",
  "change-in-division",
  "change-in-email-information",
  "change-in-employee-information",
  "change-in-job-information",
  "change-in-job-title",
  "change-in-location",
  "change-in-manager",
  "change-in-name",
  "change-in-personal-information",
  "change-in-phone-information",
  "employee-changed",
  "employee-transfer",
  "promotion",
  "transfer",
]);

/** Of SOAP's types the last word: com.successfactors.Employment.AssignmentInformation.Termination. */
const typeOf = ({ type }: SourceEvent): string => type.replace(/^com-successfactors-.+-/, "");

/** Whether an event says that the employee leaves, or has left. */
export function tellsDeparture(event: SourceEvent): boolean {
  const type = typeOf(event);
  const isOfUser = hires.has(type) || changes.has(type);
  return departures.has(type) || (isOfUser && hasLeft(event.payload, event.occurredAt));
}

/**
 * Whether a user is inactive, and not because the first day is still to come.
 *
 * @throws InboundError `malformed` `status-unknown` for a word that is not among those of SuccessFactors.
 */
export function hasLeft(user: unknown, occurredAt: string): boolean {
  return isInactive(user) && !isToCome(user, occurredAt);
}

/** Whether a user is shown as active; where the word is not known, not. */
export const isActive = (user: unknown): boolean => inactive[plainWord(at(user, "status").value)] === false;

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
