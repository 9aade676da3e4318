import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event. */
export interface WorkosEvent {
  /** A directory user (`dsync.user.…`) or a user of AuthKit (`user.…`), whole; absent from events about anything else. */
  readonly data?: JsonObject;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/** One event a delivery: `{ id, event, data, created_at }`. https://workos.com/docs/events/data-syncing/webhooks */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const { id: written, event: type, data, created_at: createdAt } = readJsonObject(delivery.payload);
  const id = readId(written);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  const subject = readId(data.id);
  const isAboutPerson = /^(?:dsync\.)?user\./.test(type);
  if (subject === undefined && isAboutPerson) {
    throw new InboundError("malformed", "id-missing", { path: "data.id" });
  }
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt: instant(createdAt) ?? new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: (isAboutPerson ? { data } : {}) satisfies WorkosEvent,
    },
  ];
}
