import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What Bob knows of the employee of an event. A delivery itself holds nothing but ids. */
export interface BobEvent {
  /** Fields by Bob's ids of them, e.g. `root.email`. Only there for events that were asked about. */
  readonly fields?: JsonObject;
}

/**
 * One event a delivery: `{companyId, type, triggeredBy, triggeredAt, version, data: {employeeId, …}}`; the older `v1` has `employee.id` in
 * place of `data.employeeId`. Bob has no ids of events, so the whole payload is the id, its time included.
 *
 * https://apidocs.hibob.com/docs/employee-data-webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { type } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  const occurredAt = timeOf(document);
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "triggeredAt" });
  }
  const id = readId(at(document, "data.employeeId").value) ?? readId(at(document, "employee.id").value);
  const subject = id !== undefined && /^[\w-]+$/.test(id) ? id : undefined;
  if (subject === undefined && /^(?:employee|table)\./.test(type)) {
    throw new InboundError("malformed", "id-missing", { path: "data.employeeId" });
  }
  return [
    {
      id: hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt,
      payload: {} satisfies BobEvent,
    },
  ];
}

/** Bob writes `2024-12-30T12:56:18.955603`, without a time zone: taken for UTC, so that its events are at least in order. */
function timeOf({ triggeredAt }: JsonObject): string | undefined {
  return instant(triggeredAt) ?? (typeof triggeredAt === "string" ? instant(`${triggeredAt}Z`) : undefined);
}
