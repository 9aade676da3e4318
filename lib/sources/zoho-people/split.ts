import { instant } from "#lib/fields/date.ts";
import type { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readFormObject } from "#lib/payloads/body.ts";
import { namedEvents } from "#lib/payloads/named-events.ts";

/** One employee in each form. A time that a company's own format writes, without its time zone, is none. */
export function split({ payload, receivedAt }: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const { ModifiedTime: modified, ...employee } = readFormObject(payload);
  if (employee["event"] === "ping") return [];
  const moment = instant(modified) === undefined ? {} : { ModifiedTime: modified };
  const names = { subject: "EmployeeID", type: "event", occurredAt: "ModifiedTime" };
  return namedEvents({ ...employee, ...moment }, names, receivedAt);
}
