import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event. */
export interface FronteggEvent {
  /** The user as the event shows them, or as Frontegg's API does. */
  readonly user?: JsonObject;
}

/**
 * One event a delivery: `{ eventKey, user, eventContext }`; some versions have `{ key, data: { user } }`. It has neither an id nor a time,
 * so that the whole of it is its id, and the moment of its receipt counts.
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const type = document.eventKey ?? document.key;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "eventKey" });
  }
  const user = document.user ?? (isJsonObject(document.data) ? document.data.user : undefined);
  const subject = isJsonObject(user) ? readId(user.id) : undefined;
  if (type.startsWith("frontegg.user.") && subject === undefined) {
    throw new InboundError("malformed", "user-missing", { path: "user.id" });
  }
  return [
    {
      id: hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      isUndated: true,
      payload: (isJsonObject(user) ? { user } : {}) satisfies FronteggEvent,
    },
  ];
}
