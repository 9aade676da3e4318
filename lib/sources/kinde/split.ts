import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event; empty for events about anything but users. */
export interface KindeEvent {
  readonly user?: JsonObject;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * One event a delivery, the claims of its token: `{ type, data, event_id, event_timestamp, source }`. Kinde repeats it with the same
 * `event_id`. https://docs.kinde.com/integrate/webhooks/about-webhooks/
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const claims = readJsonObject(delivery.payload);
  const { type, data } = claims;
  const id = readId(claims.event_id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "event_id" });
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  const user = isJsonObject(data) ? data.user : undefined;
  const subject = isJsonObject(user) ? readId(user.id) : undefined;
  if (type.startsWith("user.") && subject === undefined) {
    throw new InboundError("malformed", "user-missing", { path: "data.user.id" });
  }
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt:
        instant(claims.event_timestamp) ??
        instant(claims.timestamp) ??
        new Date(delivery.receivedAt).toISOString(),
      payload: (isJsonObject(user) && subject !== undefined ? { user } : {}) satisfies KindeEvent,
    },
  ];
}
