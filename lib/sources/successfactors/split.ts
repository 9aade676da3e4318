import type { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readJsonObject } from "#lib/payloads/body.ts";
import { namedEvents } from "#lib/payloads/named-events.ts";

/** One event, or a list of them named `events`. */
export function split({ payload, receivedAt }: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const names = { list: "events", subject: "userId", type: "event", occurredAt: "publishedAt" };
  return namedEvents(readJsonObject(payload), names, receivedAt);
}
