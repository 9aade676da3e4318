import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, status, text, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { BobEvent } from "./split.ts";

/** Bob's employee → Authing's person. The fields come from the employee as Bob has them today. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "data.employeeId" };
  const joining = () =>
    whereStillThere(event, (said) => joiner([...profile(said, context), ...unlessOpen(access(said))]));
  const moving = () =>
    whereStillThere(event, (said) =>
      mover(
        [...profile(said, context), ...unlessOpen(access(said))],
        saysNoDeparture(said) ? { departure: "none" } : {},
      ),
    );
  const activated = () => whereStillThere(event, (said) => mover([...profile(said, context), access(said)]));
  const revoked = status({ value: "revoked", path: "type" }, { revoked: "Suspended" });
  const leaving = () => [leaver(id)];
  return interpret(
    event,
    {
      "employee.created": joining,
      "employee.joined": joining,
      "employee.updated": moving,
      "table.entry.created": moving,
      "table.entry.updated": moving,
      // Back from a leave, or hired again.
      "employee.activated": activated,
      // On leave, or terminated: Bob says which.
      "employee.inactivated": moving,
      // The person is to be locked out before the last day; the departure has an event of its own.
      "employee.access.revoked.immediately": () => [mover([revoked], { id })],
      "employee.left": leaving,
      "employee.deleted": leaving,
    },
    eventTypes,
  );
}

/** The lifecycle of a person who works no more. Bob sends `employee.left` for both, whichever comes first. */
const departed = new Set(["terminated", "gardenleave"]);

function whereStillThere(event: SourceEvent, change: (said: BobEvent) => Change): Change[] {
  const said = event.payload as BobEvent;
  if (said.fields === undefined) throw new InboundError("malformed", "user-not-read", { path: "fields" });
  const id: Read = { value: event.subject, path: "fields['root.id']" };
  if (departed.has(lifecycleOf(said))) return [leaver(id)];
  const lastDay = calendarDay(field(said, "internal.terminationDate"));
  // An active person with a day that is over came back, and the day is an old employment's.
  const isOld = lastDay !== undefined && lastDay < event.occurredAt.slice(0, 10);
  return [change(said), ...(lastDay === undefined || isOld ? [] : [leaver(id, { lastDay })])];
}

/**
 * Bob's `internal.status` is `Active` or `Inactive`, which is said of people on leave, too: a leave passes by itself. What kind of inactive
 * a person is, the lifecycle says; where it is none of those that pass, the status is not understood.
 */
function access(said: BobEvent): Encoded {
  const { value = "missing", path } = field(said, "internal.status");
  const passes = /leave$|^sabbatical$|^furlough$/.test(lifecycleOf(said));
  const isOnLeave = plainWord(value) === "inactive" && passes;
  return status({ value: isOnLeave ? "active" : value, path }, { active: "Activated" });
}

const lifecycleOf = (said: BobEvent): string =>
  plainWord(field(said, "internal.lifecycleStatus").value).replaceAll(/[\s_-]/g, "");

/** Fields that the service user may not see are missing, so that only a day that is written as `null` says that there is none. */
const saysNoDeparture = (said: BobEvent): boolean => field(said, "internal.terminationDate").value === null;

const field = (said: BobEvent, id: string): Read => at(said, `fields['${id}']`);

function profile(said: BobEvent, { region, ...context }: TranslationContext): Encoded[] {
  const read = (id: string) => field(said, id);
  return [
    externalId(read("root.id")),
    email(first(read("root.email"), read("home.privateEmail"))),
    phone(first(read("work.workMobile"), read("home.mobilePhone")), region),
    fullName({
      full: read("root.displayName"),
      given: read("root.firstName"),
      middle: read("root.middleName"),
      family: read("root.surname"),
    }),
    birthdate(read("personal.birthDate")),
    text("country", read("address.country")),
    text("city", read("address.city")),
    text("streetAddress", read("address.line1")),
    text("postalCode", read("address.postCode")),
    ...departments(read("work.department"), context.departments),
    ...customData(said, context.customData),
  ];
}
