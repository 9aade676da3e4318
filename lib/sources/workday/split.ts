import type { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readJsonObject } from "#lib/payloads/body.ts";
import { namedEvents } from "#lib/payloads/named-events.ts";

/** One event, or a report's list of them: Workday's reports as JSON name it `Report_Entry`. */
export function split({ payload, receivedAt }: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const names = {
    list: "Report_Entry",
    subject: "Employee_ID",
    type: "Event_Type",
    occurredAt: "Event_Moment",
  };
  return namedEvents(readJsonObject(payload), names, receivedAt);
}
