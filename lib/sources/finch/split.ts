import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** Whose data has changed, and at which connection. */
export interface FinchEvent {
  readonly connectionId?: string;
  /** The event is about another connection than the one of the secret. */
  readonly isForeign?: true;
  /** The individual as Finch's API shows them, `null` where it has none of this id. Only there for events that were asked about. */
  readonly person?: FinchPerson | null;
}

export interface FinchPerson {
  readonly individual: JsonObject;
  /** Absent where Finch has no employment of the individual. */
  readonly employment?: JsonObject;
}

const aboutPeople = /^(?:directory|individual|employment)\./;

/**
 * One event a delivery: `{ event_type, connection_id, data: { individual_id } }`. It holds no time; the signed time of the attempt is the
 * nearest there is. https://developer.tryfinch.com/developer-resources/Webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event_type: type, data } = document;
  if (typeof type !== "string" || !/^[\w.]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type" });
  }
  const subject = isJsonObject(data) ? readId(data.individual_id) : undefined;
  if (subject === undefined && aboutPeople.test(type)) {
    throw new InboundError("malformed", "id-missing", { path: "data.individual_id" });
  }
  // Older connections have `account_id` alone.
  const connectionId = readId(document.connection_id) ?? readId(document.account_id);
  return [
    {
      id: delivery.deliveryId ?? hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt: new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: { ...(connectionId !== undefined && { connectionId }) } satisfies FinchEvent,
    },
  ];
}
