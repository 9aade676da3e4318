import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, plainWord, status, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName, partialName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import { bare, translatedWord } from "#lib/fields/words.ts";
import type { CalendarDay, Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { noDate } from "./fetch.ts";
import type { EmployeeReference, EmployeeWithFields } from "./split.ts";

/** BambooHR's employee → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { occurredAt } = event;
  const posted = () => event.payload as EmployeeWithFields;
  const leaving = () => [leaver({ value: event.subject, path: "id" })];
  return interpret(
    event,
    {
      "employee.created": () => whereFound(event, (employee) => joining(employee, occurredAt, context)),
      "employee.updated": () => whereFound(event, (employee) => moving(employee, occurredAt, context)),
      "employee.deleted": leaving,
      "employee_with_fields.created": () => joining(posted(), occurredAt, context),
      "employee_with_fields.updated": () => moving(posted(), occurredAt, context),
      "employee_with_fields.deleted": leaving,
    },
    eventTypes,
  );
}

/**
 * An event that holds an id only, with what BambooHR's API answered about the employee. Where BambooHR could not be asked, the
 * meaning of the event is unknown. The operator has to add a setting, and still the event does not wait for that
 * (`misconfigured`): an operator with field-based webhooks never adds it, and everything else about this employee, their deletion
 * included, would wait behind the event. As a dead letter, the event names what is missing, raises the alarm, and can be redriven
 * once the setting is there.
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

function joining(employee: EmployeeWithFields, occurredAt: string, context: TranslationContext): Change[] {
  const posted = postedFields(employee, context);
  const { word, departure } = accessOf(posted, occurredAt);
  const change = joiner([
    ...profile(employee, posted, context),
    fullName({ given: read(posted, given), family: read(posted, family) }),
    // Not yet at work: the account waits, and the update to Active opens it.
    ...(word === "inactive" ? [status(read(posted, "status"), { inactive: "Suspended" })] : []),
  ]);
  const changes = [
    // BambooHR documents empty fields for this action; the update that follows it at once brings them.
    ...(tellsNothing(change) ? [] : [change]),
    ...(departure.kind === "on" ? [leaver(at(employee, "id"), departure)] : []),
  ];
  return whereUnderstood(changes, employee, context);
}

function moving(employee: EmployeeWithFields, occurredAt: string, context: TranslationContext): Change[] {
  if (Object.keys(employee.fields).length === 0) {
    throw new InboundError("malformed", "fields-missing", {
      path: "fields",
      hint: "in BambooHR, open the webhook and choose the fields to post: Status among them",
    });
  }
  const posted = postedFields(employee, context);
  const { word, departure } = accessOf(posted, occurredAt);
  const id = at(employee, "id");
  if (departure.kind === "now") return [leaver(id)];
  if (departure.kind === "on" && departure.lastDay < dayOf(occurredAt)) return [leaver(id, departure)];

  const name = partialName({ given: read(posted, given), family: read(posted, family) });
  const change = mover(
    [
      ...profile(employee, posted, context),
      ...name.encoded,
      // Status is posted with every change: only its own change may open an account that an operator has closed at Authing.
      ...(word === "active" && hasChanged(employee, "status", context)
        ? [status(read(posted, "status"), { active: "Activated" })]
        : []),
    ],
    { isWhole: name.isWhole, ...(departure.kind === "none" && { departure: "none" }) },
  );
  const changes = [
    ...(tellsNothing(change) ? [] : [change]),
    ...(departure.kind === "on" ? [leaver(id, departure)] : []),
  ];
  return whereUnderstood(changes, employee, context);
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

/** What a post says of a departure: that it has happened, its last day, that none is planned, or nothing. */
type Departure =
  | { readonly kind: "now" | "none" | "silent" }
  | { readonly kind: "on"; readonly lastDay: CalendarDay };

/**
 * What a post says about access. Status decides where it is posted: a person who came back keeps an old termination date, so that
 * beside Active only a date counts that was not over when BambooHR sent it. Without Status the employment status counts, else
 * any termination date. Whether a last day is over is for the pipeline to say, which knows the company's time zone.
 *
 * @throws InboundError `malformed` `status-unknown` for a word in another language, `date-invalid` or `date-ambiguous` for a date.
 */
function accessOf(posted: PostedFields, occurredAt: string): { word: string; departure: Departure } {
  const said = read(posted, "status");
  const word = plainWord(said.value);
  if (!isEmpty(said.value) && word !== "active" && word !== "inactive") {
    throw new InboundError("malformed", "status-unknown", {
      path: said.path,
      hint: "Status is Active or Inactive: write the word into words in inbound.config.ts; or let a user whose language is English make the webhook in BambooHR",
    });
  }
  if (word === "inactive") return { word, departure: { kind: "now" } };
  const written = posted.get("terminationdate");
  const lastDay = written && written.value !== noDate ? calendarDay(written) : undefined;
  if (lastDay !== undefined) {
    const isOld = word === "active" && lastDay < dayOf(occurredAt);
    return { word, departure: isOld ? { kind: "silent" } : { kind: "on", lastDay } };
  }
  const hasEnded = ["employmentstatus", "employmenthistorystatus"].some(
    (name) => wordIn(posted, name) === "terminated",
  );
  if (word === "" && hasEnded) return { word, departure: { kind: "now" } };
  return { word, departure: { kind: written === undefined ? "silent" : "none" } };
}

const dayOf = (moment: string): CalendarDay => moment.slice(0, 10);

function hasChanged(
  { changedFields }: EmployeeWithFields,
  name: string,
  context: TranslationContext,
): boolean {
  return changedFields.length === 0 || changedFields.some((changed) => nameOf(changed, context) === name);
}

/** The posted fields by their bare names. */
type PostedFields = ReadonlyMap<string, Read>;

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** BambooHR's own labels and API names, bare, that become something here. */
const telling = words(`
  firstname lastname middlename preferredname workemail homeemail email mobilephone gender birthdate dateofbirth country state
  province city addressline1 address1 zipcode zip postalcode department status employmentstatus employmenthistorystatus
  terminationdate
`);
/** Others that are known and become nothing by themselves. Authing has its people before their first day. */
const silent = words(`
  addressline2 address2 displayname division employee employeenumber hiredate homephone jobtitle location originalhiredate
  reportsto supervisor supervisorid workphone workphoneextension
`);
/** How many unknown labels an error names, and how much of each. */
const labelsNamed = { most: 5, length: 40 };

/**
 * The changes, if enough was understood to believe them: labels in another language, or the company's own, may say that the person
 * has left.
 *
 * @throws InboundError `malformed` `labels-unknown` where none of the labels becomes anything, or nothing came of them, and one of them
 *   is unknown. The path names the first of these.
 */
function whereUnderstood(
  changes: Change[],
  { fields }: EmployeeWithFields,
  context: TranslationContext,
): Change[] {
  const labels = Object.keys(fields);
  const isKnown = (label: string): boolean =>
    telling.has(nameOf(label, context)) ||
    silent.has(nameOf(label, context)) ||
    Object.values(context.customData).some(
      (path) => path.startsWith(pathOf(label)) || path === `fields.${label}`,
    );
  const unknown = labels.filter((label) => !isKnown(label));
  const isTold = changes.length > 0 && labels.some((label) => telling.has(nameOf(label, context)));
  if (isTold || unknown.length === 0) return changes;
  const named = unknown.slice(0, labelsNamed.most).map((label) => label.slice(0, labelsNamed.length));
  throw new InboundError("malformed", "labels-unknown", {
    path: `fields: ${named.join(", ")}`,
    hint: "write BambooHR's labels and states into words in inbound.config.ts; or let a user whose language is English make the webhook in BambooHR",
  });
}

const pathOf = (label: string): string => `fields['${label.replaceAll(/['\\]/g, String.raw`\$&`)}']`;

/**
 * Values come plain or as `{ value }`; names as the customer wrote them, by default BambooHR's English labels. States that the
 * configuration translates are in English.
 */
function postedFields({ fields }: EmployeeWithFields, context: TranslationContext): PostedFields {
  const posted = new Map<string, Read>();
  for (const [name, value] of Object.entries(fields)) {
    const path = pathOf(name);
    const found = isJsonObject(value)
      ? { value: Object.hasOwn(value, "value") ? value.value : undefined, path: `${path}.value` }
      : { value, path };
    const key = nameOf(name, context);
    const read = states.has(key) ? { ...found, value: translatedWord(found.value, context.words) } : found;
    // Of two spellings of one name the first that has a value stays.
    const known = posted.get(key);
    posted.set(key, known ? first(known, read) : read);
  }
  return posted;
}

/** The fields whose words say whether a person is employed. */
const states = words("status employmentstatus employmenthistorystatus");

/** A label as BambooHR's English one, bare. */
function nameOf(label: string, context: TranslationContext): string {
  return bare(String(translatedWord(label, context.words)));
}

function read(posted: PostedFields, names: string | readonly [string, ...string[]]): Read {
  const [name, ...others] = [names].flat() as [string, ...string[]];
  const find = (wanted: string): Read => posted.get(wanted) ?? { value: undefined, path: `fields.${wanted}` };
  return first(find(name), ...others.map(find));
}

function wordIn(posted: PostedFields, name: string): string {
  return plainWord(read(posted, name).value);
}
