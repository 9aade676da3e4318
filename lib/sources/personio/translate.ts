import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, status, text, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { PersonioEvent } from "./split.ts";

/** Personio's person → Authing's. The fields come from the person as Personio has them today. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const joining = () => whereStillThere(event, (said) => joiner(profile(said, context)));
  const moving = () =>
    whereStillThere(event, (said) =>
      mover(profile(said, context), saysNoDeparture(said) ? { departure: "none" } : {}),
    );
  return interpret(
    event,
    {
      "person.created": joining,
      "person.updated": moving,
      "person.deleted": moving,
      // A person who comes back gets a new employment.
      "employment.created": joining,
      "employment.started": joining,
      "employment.updated": moving,
      "employment.deleted": moving,
      "employment.terminated": moving,
    },
    eventTypes,
  );
}

/** A person who does not exist any more, or is inactive, has left, whatever the event says. */
function whereStillThere(event: SourceEvent, change: (said: PersonioEvent) => Change): Change[] {
  const id: Read = { value: event.subject, path: "person.id" };
  const said = event.payload as PersonioEvent;
  if (said.person === undefined) throw new InboundError("malformed", "user-not-read", { path: "person" });
  if (said.person === null || plainWord(at(said, "person.status").value) === "inactive") return [leaver(id)];
  const lastDay = calendarDay(lastDayOf(said));
  // An active person with a day that is over came back, and the day is an old employment's.
  const isOld = lastDay !== undefined && lastDay < event.occurredAt.slice(0, 10);
  return [change(said), ...(lastDay === undefined || isOld ? [] : [leaver(id, { lastDay })])];
}

/** A person whose employment begins later or rests is `ACTIVE`, too: Personio derives the word from the latest employment. */
export function access(said: PersonioEvent): Encoded {
  const { value = "missing", path } = at(said, "person.status");
  return status({ value, path }, { active: "Activated" });
}

function lastDayOf(said: PersonioEvent): Read {
  return first(
    at(said, "employment.termination.termination_date"),
    at(said, "employment.employment_end_date"),
  );
}

/** Fields that the credential may not see are missing, so that only an end which is written as `null` says that there is none. */
function saysNoDeparture(said: PersonioEvent): boolean {
  return at(said, "employment.employment_end_date").value === null && isEmpty(lastDayOf(said).value);
}

function profile(said: PersonioEvent, context: TranslationContext): Encoded[] {
  const read = (name: string) => at(said, `person.${name}`);
  return [
    externalId(read("id")),
    email(read("email")),
    fullName({ given: read("first_name"), family: read("last_name") }),
    text("nickname", read("preferred_name")),
    gender(unlessUnspecified(read("gender"))),
    birthdate(read("custom_attributes[id='date_of_birth'].value")),
    ...departments(unitsOf(said), context.departments),
    ...customData(said, context.customData),
    ...unlessOpen(access(said)),
  ];
}

/** Personio's word for a field that was never filled: it is no value that could replace one. */
const unlessUnspecified = (read: Read): Read =>
  read.value === "UNSPECIFIED" ? { ...read, value: undefined } : read;

/** The ids of the department and the team of the latest employment. */
function unitsOf(said: PersonioEvent): Read {
  const { value: units, path } = at(said, "employment.org_units");
  return { value: Array.isArray(units) ? units.map((unit) => at(unit, "id").value) : undefined, path };
}
