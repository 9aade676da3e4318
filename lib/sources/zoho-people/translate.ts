import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { partialName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, isEmpty, type Read } from "#lib/fields/read.ts";
import { translatedWord } from "#lib/fields/words.ts";
import type { CalendarDay, Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { departureUnconfirmed } from "#lib/source-apis/people.ts";
import { eventTypes } from "./event-types.ts";

/** Zoho's form Employee, under the names of its API → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { payload: employee } = event;
  const id = at(employee, "EmployeeID");
  // What Zoho's API shows, where it was asked: a form that anybody may have sent does not state a departure then.
  const { value: known } = at(employee, "known");
  const shown = isJsonObject(known) ? known : undefined;
  const name = partialName({ given: at(employee, "FirstName"), family: at(employee, "LastName") });
  const fields = () => [...profile(employee, context), ...name.encoded];
  const leaving = () => {
    if (!shown) return [leaver(id, { lastDay: lastDayOf(employee) })];
    if (isExEmployee(shown, context)) return [leaver(id, { lastDay: lastDayOf(shown) })];
    const departure = departureOf(shown, event.occurredAt);
    if (departure.kind === "on") return [leaver(id, departure)];
    throw departureUnconfirmed();
  };
  const changing = (change: (departure: Departure) => Change) => () => {
    if (isExEmployee(employee, context)) return leaving();
    const departure = departureOf(shown ?? employee, event.occurredAt);
    const leaves = departure.kind === "on" ? [leaver(id, departure)] : [];
    return [change(departure), ...leaves];
  };
  const joining = changing(() => joiner(fields()));
  return interpret(
    event,
    {
      "employee-added": joining,
      "employee-edited": changing(({ kind }) =>
        mover(fields(), { isWhole: name.isWhole, ...(kind === "none" && { departure: "none" }) }),
      ),
      "employee-deleted": () => (shown ? leaving() : [leaver(id)]),
      "employee-exited": leaving,
      "employee-rehired": joining,
    },
    eventTypes,
  );
}

/** The words that Zoho People begins with. A company may add others. */
export const exEmployees: Readonly<Record<string, boolean>> = {
  active: false,
  terminated: true,
  deceased: true,
  resigned: true,
};

/**
 * Where nothing is said, the event alone counts.
 *
 * @throws InboundError `malformed` `status-unknown` for a word of the company's own that the configuration does not translate.
 */
function isExEmployee(employee: unknown, context: TranslationContext): boolean {
  const { value, path } = at(employee, "Employeestatus");
  if (isEmpty(value)) return false;
  const word = plainWord(translatedWord(value, context.words));
  const found = Object.hasOwn(exEmployees, word) ? exEmployees[word] : undefined;
  if (found !== undefined) return found;
  throw new InboundError("malformed", "status-unknown", {
    path,
    hint: "translate the word into Active or Resigned with words in inbound.config.ts",
  });
}

/** What a form says of a departure to come: its last day, that none is planned, or nothing. */
type Departure =
  | { readonly kind: "none" | "silent" }
  | { readonly kind: "on"; readonly lastDay: CalendarDay };

/** A person who came back may keep an old date of exit: beside Active only one counts that is not over. */
function departureOf(employee: unknown, occurredAt: string): Departure {
  const { value } = at(employee, "Dateofexit");
  if (value === undefined) return { kind: "silent" };
  const lastDay = lastDayOf(employee);
  if (lastDay === undefined) return { kind: "none" };
  return lastDay < occurredAt.slice(0, 10) ? { kind: "silent" } : { kind: "on", lastDay };
}

function lastDayOf(employee: unknown): CalendarDay | undefined {
  return calendarDay(dateAt(employee, "Dateofexit"));
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Zoho's usual `16-May-1990` as `1990-05-16`; anything else as it is. */
function dateAt(employee: unknown, name: string): Read {
  const { value, path } = at(employee, name);
  const [, day = "", month = "", year = ""] =
    (typeof value === "string" && /^\s*(\d{1,2})[- ]([a-z]{3})[a-z]*[- ,]+(\d{4})\s*$/i.exec(value)) || [];
  const number = months.indexOf(month.toLowerCase()) + 1;
  return number === 0 ? { value, path } : { value: `${year}-${number}-${day}`, path };
}

function profile(employee: unknown, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(employee, name);
  return [
    externalId(read("EmployeeID")),
    email(read("EmailID")),
    phone(read("Mobile"), region),
    text("nickname", read("Nick_Name")),
    gender(read("Gender")),
    birthdate(dateAt(employee, "Date_of_birth")),
    ...departments(read("Department"), context.departments),
    ...customData(employee, context.customData),
  ];
}
