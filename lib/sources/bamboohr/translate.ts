import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, status, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import type { EmployeeReference, EmployeeWithFields } from "./split.ts";

/** BambooHR's employee → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  switch (event.type) {
    case "employee.created":
      return whereFound(event, (employee) => joining(employee, context));
    case "employee.updated":
      return whereFound(event, (employee) => moving(employee, event.occurredAt, context));
    case "employee.deleted":
    case "employee_with_fields.deleted":
      return [leaver({ value: event.subject, path: "id" })];
    case "employee_with_fields.created":
      return joining(event.payload as EmployeeWithFields, context);
    case "employee_with_fields.updated":
      return moving(event.payload as EmployeeWithFields, event.occurredAt, context);
    default:
      return [];
  }
}

/**
 * An event that said an id, with what BambooHR's API said of it. Where BambooHR could not be asked, it is not
 * known what the event means. The operator has to add a setting, and yet the event is not held back until then (`misconfigured`):
 * an operator with field-based webhooks never adds it, and behind an event that waits everything else about this employee would
 * wait too, their deletion included. Among the dead letters it says what is missing, raises the alarm, and goes through once it is there.
 */
function whereFound(
  { subject, payload }: SourceEvent,
  change: (employee: EmployeeWithFields) => Change[],
): Change[] {
  const employee = payload as EmployeeWithFields | EmployeeReference;
  if ("fields" in employee) return change(employee);
  if (employee.isGone) return [leaver({ value: subject, path: "id" })];
  throw new InboundError("malformed", "api-key-missing", {
    hint: "store companyDomain and apiKey in the secret of bamboohr",
  });
}

function joining(employee: EmployeeWithFields, context: TranslationContext): Change[] {
  const posted = postedFields(employee);
  const change = joiner([
    ...profile(employee, posted, context),
    fullName({ given: read(posted, given), family: read(posted, family) }),
    // Not yet at work: the account waits, and the update to Active opens it.
    ...(wordIn(posted, "status") === "inactive"
      ? [status(read(posted, "status"), { inactive: "Suspended" })]
      : []),
  ]);
  // BambooHR documents empty fields for this action; the update that follows it at once brings them.
  return tellsNothing(change) ? [] : [change];
}

function moving(employee: EmployeeWithFields, occurredAt: string, context: TranslationContext): Change[] {
  const posted = postedFields(employee);
  if (hasLeft(posted, occurredAt)) return [leaver(at(employee, "id"))];

  const names = { given: read(posted, given), family: read(posted, family) };
  const hasWholeName = !isEmpty(names.given.value) && !isEmpty(names.family.value);
  const change = mover(
    [
      ...profile(employee, posted, context),
      // Half a name must not become the whole one.
      ...(hasWholeName
        ? [fullName(names)]
        : [text("givenName", names.given), text("familyName", names.family)]),
      // Status is posted with every change: only its own change may open an account that an operator has closed at Authing.
      ...(wordIn(posted, "status") === "active" && hasChanged(employee, "status")
        ? [status(read(posted, "status"), { active: "Activated" })]
        : []),
    ],
    { isWhole: hasWholeName },
  );
  return tellsNothing(change) ? [] : [change];
}

const given = ["firstname"] as const;
const family = ["lastname"] as const;

/** What a joiner and a mover have in common. Names on the right: BambooHR's labels and API aliases without case and spaces. */
function profile(
  employee: EmployeeWithFields,
  posted: PostedFields,
  { region, ...context }: TranslationContext,
): Encoded[] {
  return [
    externalId(at(employee, "id")),
    email(read(posted, ["workemail", "homeemail", "email"])),
    phone(read(posted, ["mobilephone"]), region),
    text("middleName", read(posted, ["middlename"])),
    text("nickname", read(posted, ["preferredname"])),
    gender(read(posted, ["gender"])),
    birthdate(read(posted, ["birthdate", "dateofbirth"])),
    text("country", read(posted, ["country"])),
    text("province", read(posted, ["state", "province"])),
    text("city", read(posted, ["city"])),
    text("streetAddress", read(posted, ["addressline1", "address1"])),
    text("postalCode", read(posted, ["zipcode", "zip", "postalcode"])),
    ...departments(read(posted, ["department"]), context.departments),
    ...customData(employee, context.customData),
  ];
}

/**
 * Whether the employee has left by then. Status decides where it is posted, because a person who came back keeps an old
 * termination date; else the employment status, else a termination date that has come.
 */
function hasLeft(posted: PostedFields, occurredAt: string): boolean {
  const word = wordIn(posted, "status");
  if (word !== "") return word === "inactive";
  if (wordIn(posted, "employmentstatus") === "terminated") return true;
  if (wordIn(posted, "employmenthistorystatus") === "terminated") return true;
  const { day } = { day: undefined, ...calendarDate(read(posted, "terminationdate").value) };
  return day !== undefined && day <= occurredAt.slice(0, 10);
}

function hasChanged({ changedFields }: EmployeeWithFields, name: string): boolean {
  return changedFields.length === 0 || changedFields.some((changed) => bare(changed) === name);
}

/** The posted fields by their bare names. */
type PostedFields = ReadonlyMap<string, Read>;

/** Values come plain or as `{ value }`; names as the customer wrote them, by default BambooHR's English labels. */
function postedFields({ fields }: EmployeeWithFields): PostedFields {
  const posted = new Map<string, Read>();
  for (const [name, value] of Object.entries(fields)) {
    const path = `fields['${name.replaceAll(/['\\]/g, String.raw`\$&`)}']`;
    const found = isJsonObject(value)
      ? { value: Object.hasOwn(value, "value") ? value.value : undefined, path: `${path}.value` }
      : { value, path };
    // Of two spellings of one name the first that has a value stays.
    const known = posted.get(bare(name));
    posted.set(bare(name), known ? first(known, found) : found);
  }
  return posted;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function read(posted: PostedFields, names: string | readonly [string, ...string[]]): Read {
  const [name, ...others] = [names].flat() as [string, ...string[]];
  const find = (wanted: string): Read => posted.get(wanted) ?? { value: undefined, path: `fields.${wanted}` };
  return first(find(name), ...others.map(find));
}

function wordIn(posted: PostedFields, name: string): string {
  return plainWord(read(posted, name).value);
}
