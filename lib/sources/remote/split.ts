import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** Remote's events hold the id of an employment. */
export interface RemoteEvent {
  /** The employment as Remote's API shows it. Only there for events that were asked about. */
  readonly employment?: JsonObject;
}

/** The one event that itself says that a person has left. */
export const offboarded = "offboarding.completed";

/** The kinds of events whose meaning is what Remote's API says of the employment, whatever they are called. */
export const aboutEmployments = /^(?:employment|offboarding)\./;

/**
 * One event a delivery: `{ event_type, company_id, employment_id }`. It has neither an id nor a time of its own; the signed time of the first
 * attempt is the time of the event. https://developer.remote.com/docs/webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event_type: type } = document;
  if (typeof type !== "string" || !/^[\w.]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type" });
  }
  const subject = readId(document.employment_id);
  if (subject === undefined && aboutEmployments.test(type)) {
    throw new InboundError("malformed", "id-missing", { path: "employment_id" });
  }
  return [
    {
      id: hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt: new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      isUndated: true,
      payload: {} satisfies RemoteEvent,
    },
  ];
}
