import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject } from "#lib/payloads/body.ts";

/** One event a delivery: `{ type, data, timestamp }`. Its id is the message's, which stays the same over retries. */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { type, data, timestamp } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  const isAboutUser = type.startsWith("user.");
  const subject = isAboutUser ? readId(data.id) : (readId(data.user_id) ?? readId(data.id) ?? "none");
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "data.id" });
  return [
    {
      id: delivery.deliveryId ?? hashOfJson(document),
      subject,
      type,
      occurredAt:
        instant(timestamp, "milliseconds") ??
        instant(data.updated_at, "milliseconds") ??
        new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: data,
    },
  ];
}
