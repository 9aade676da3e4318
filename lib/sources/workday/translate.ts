import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, yesOrNo, type Encoded } from "#lib/fields/encode.ts";
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

/** Workday's worker, under the names that the README prescribes → Authing's person. Types are names of business processes. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { payload: worker } = event;
  const id = at(worker, "Employee_ID");
  const name = partialName({
    full: at(worker, "Full_Name"),
    given: at(worker, "First_Name"),
    middle: at(worker, "Middle_Name"),
    family: at(worker, "Last_Name"),
  });
  const fields = () => [...profile(worker, context), ...name.encoded];
  const joining = () => {
    // A worker is inactive before the first day, too, and has an account by then: only a word that is unknown counts.
    isActive(worker);
    return [joiner(fields())];
  };
  const leaving = () => {
    const lastDay = calendarDay(first(at(worker, "Last_Day_of_Work"), at(worker, "Termination_Date")));
    return [leaver(id, { lastDay })];
  };
  const moving = () =>
    hasLeft(worker, event.occurredAt) ? leaving() : [mover(fields(), { isWhole: name.isWhole })];
  const staying = () => [
    mover([externalId(id), status({ value: "active", path: "Event_Type" }, { active: "Activated" })], {
      departure: "none",
      isWhole: false,
    }),
  ];
  return interpret(
    event,
    {
      hire: joining,
      rehire: joining,
      "contract-contingent-worker": joining,
      ...sameMeaning(departures, leaving),
      "rescind-termination": staying,
      ...sameMeaning(changes, moving),
    },
    eventTypes,
  );
}

const departures: ReadonlySet<string> = new Set([
  "termination",
  "terminate-employee",
  "end-contingent-worker-contract",
]);
const changes: ReadonlySet<string> = new Set([
  "change-job",
  "contact-change",
  "contact-information-change",
  "edit-worker-data",
  "home-contact-change",
  "legal-name-change",
  "maintain-contact-information",
  "personal-information-change",
  "preferred-name-change",
  "promote-employee",
  "transfer-contingent-worker",
  "transfer-employee",
  "work-contact-change",
  "worker-changed",
]);

/** Whether an event says that the worker leaves, or has left. */
export function tellsDeparture({ type, payload, occurredAt }: SourceEvent): boolean {
  return departures.has(type) || (changes.has(type) && hasLeft(payload, occurredAt));
}

/**
 * Whether a worker is inactive, and not because the first day is still to come.
 *
 * @throws InboundError `malformed` `status-unknown` as `isActive`.
 */
export function hasLeft(worker: unknown, occurredAt: string): boolean {
  return !isActive(worker) && !isToCome(worker, occurredAt);
}

function isToCome(worker: unknown, occurredAt: string): boolean {
  const firstDay = calendarDay(at(worker, "Hire_Date"));
  return firstDay !== undefined && firstDay > occurredAt.slice(0, 10);
}

/**
 * Reports write truth values as `1` and `0`. Where nothing is said, the business process alone counts.
 *
 * @throws InboundError `malformed` `status-unknown` for any other word.
 */
function isActive(worker: unknown): boolean {
  const { value, path } = at(worker, "Active_Status");
  if (isEmpty(value)) return true;
  const active = yesOrNo(value);
  if (active === undefined) {
    throw new InboundError("malformed", "status-unknown", {
      path,
      hint: "let Active_Status be Workday's truth value Active Status: 1 or 0",
    });
  }
  return active;
}

function profile(worker: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(worker, name);
  return [
    externalId(read("Employee_ID")),
    email(first(read("Work_Email"), read("Personal_Email"))),
    phone(read("Mobile_Phone"), region),
    text("username", read("User_Name")),
    text("nickname", read("Preferred_Name")),
    gender(read("Gender")),
    birthdate(read("Date_of_Birth")),
    text("country", read("Country")),
    text("province", read("Region")),
    text("city", read("City")),
    text("streetAddress", read("Address_Line_1")),
    text("postalCode", read("Postal_Code")),
    ...departments(read("Supervisory_Organization_ID"), context.departments),
    ...customData(worker, context.customData),
  ];
}
