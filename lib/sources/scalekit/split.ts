import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event; empty for events about anything but a directory's users. */
export interface ScalekitEvent {
  /** The user of a directory, whole. */
  readonly user?: JsonObject;
}

/** One event a delivery: `{ id, type, occurred_at, data }`. https://docs.scalekit.com/reference/webhooks/directory-events/ */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const { id: written, type, data, occurred_at: occurredAt } = readJsonObject(delivery.payload);
  const id = readId(written) ?? delivery.deliveryId;
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  const isAboutUser = type.startsWith("organization.directory.user_");
  const subject = readId(data.id);
  if (isAboutUser && subject === undefined) {
    throw new InboundError("malformed", "id-missing", { path: "data.id" });
  }
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt: instant(occurredAt) ?? new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: (isAboutUser ? { user: data } : {}) satisfies ScalekitEvent,
    },
  ];
}
