import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import {
  hashOfJson,
  isJsonObject,
  readFormObject,
  readId,
  readJsonObject,
  type JsonObject,
} from "#lib/payloads/body.ts";

/** What `translate` reads of a field-based event. The names in `fields` are the ones the customer chose. */
export interface EmployeeWithFields {
  readonly id: string;
  readonly fields: JsonObject;
  /** Names of posted fields, or ids of others. */
  readonly changedFields: readonly string[];
}

/** What there is of an event-based event: who it is about. The employee has to be fetched. */
export interface EmployeeReference {
  readonly employeeId: string;
  /** Names of BambooHR's API. */
  readonly changedFields: readonly string[];
  /** Only there when BambooHR was asked and knows no employee of this id. */
  readonly isGone?: true;
}

/**
 * Field-based webhooks hold a batch, with the fields as they were asked for; event-based ones hold one employee's id.
 * BambooHR has no ids of events, so the whole payload of an event is its id, its time included. Forms have no time: two events may
 * have the same payload. An employee in a batch who cannot be read does not affect the others.
 *
 * https://documentation.bamboohr.com/docs/field-based-webhooks
 * https://documentation.bamboohr.com/docs/event-based-webhooks
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const document = isForm(delivery) ? readFormObject(delivery.payload) : readJsonObject(delivery.payload);
  // The signed time is of whole seconds, and two forms may follow each other within one second.
  const received = new Date(delivery.receivedAt).toISOString();

  if (document.employees === undefined && isJsonObject(document.data)) {
    const employeeId = readId(document.data.employeeId);
    if (employeeId === undefined) {
      throw new InboundError("malformed", "id-missing", { path: "data.employeeId" });
    }
    return [
      {
        id: hashOfJson(document),
        subject: employeeId,
        type: typeOf("employee", document.type, "type"),
        ...timeOf(instant(document.timestamp), received),
        payload: {
          employeeId,
          changedFields: names(document.data.changedFields),
        } satisfies EmployeeReference,
      },
    ];
  }

  return eachEntry(employeesOf(document), "employees", (entry) => {
    if (!isJsonObject(entry)) throw new InboundError("malformed", "employee-not-an-object");
    const id = readId(entry.id);
    if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
    const { fields, changedFields } = entry;
    return {
      id: hashOfJson(entry),
      subject: id,
      // Deliveries of older webhooks name no action: those tell of changes.
      type: typeOf("employee_with_fields", entry.action ?? document.type ?? "Updated", "action"),
      ...timeOf(instant(entry.timestamp) ?? instant(document.timestamp), received),
      payload: {
        id,
        fields: isJsonObject(fields) ? fields : {},
        changedFields: names(changedFields),
      } satisfies EmployeeWithFields,
    };
  });
}

/** The employees, whichever way they were posted, in one shape. */
function employeesOf({ employees }: JsonObject): readonly unknown[] {
  if (Array.isArray(employees)) return employees;
  if (!isJsonObject(employees)) {
    throw new InboundError("malformed", "employees-missing", { path: "employees" });
  }
  // As a form: employees[<id>][changedFields][0]=First Name&employees[<id>][First Name]=…, the fields beside the rest.
  return Object.entries(employees).map(([key, entry]) => {
    if (!isJsonObject(entry)) return entry;
    const { id = key, action, timestamp, changedFields, fields, ...beside } = entry;
    return {
      id,
      ...(action === undefined ? {} : { action }),
      ...(timestamp === undefined ? {} : { timestamp }),
      changedFields,
      fields: { ...beside, ...(isJsonObject(fields) ? fields : {}) },
    };
  });
}

/** As a list, or as the object that a form makes of one. */
function names(list: unknown): string[] {
  return Object.values(list ?? []).filter((name) => typeof name === "string");
}

/** `employee.created` and the like: an event-based delivery says it whole, a field-based one says `Created`. */
function typeOf(family: "employee" | "employee_with_fields", word: unknown, path: string): string {
  const said = typeof word === "string" ? word.toLowerCase() : "";
  if (/^\w{1,40}$/.test(said)) return `${family}.${said}`;
  if (/^\w{1,40}\.\w{1,40}$/.test(said)) return said;
  throw new InboundError("malformed", "event-type-unknown", { path });
}

function timeOf(said: string | undefined, received: string): Pick<SourceEvent, "occurredAt" | "isUndated"> {
  return said === undefined ? { occurredAt: received, isUndated: true } : { occurredAt: said };
}

function isForm({ headers, payload }: VerifiedDelivery): boolean {
  const startsLikeJson = payload[0] === 0x7b;
  return !startsLikeJson && /^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "");
}
