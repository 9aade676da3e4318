import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** Gusto's events hold ids only. */
export interface GustoEvent {
  /** The employee as Gusto's API shows them, `null` where there is none of this id. Only there for events that were asked about. */
  readonly employee?: JsonObject | null;
}

/**
 * One event a delivery: `{ uuid, event_type, entity_type, entity_uuid, timestamp }`. The resource is always the company; the entity is the
 * employee. https://docs.gusto.com/app-integrations/docs/employee-events
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event_type: type, timestamp } = document;
  if (typeof type !== "string" || !/^[\w.]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type" });
  }
  const [id, subject] = [readId(document.uuid), readId(document.entity_uuid)];
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "uuid" });
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "entity_uuid" });
  return [
    {
      id,
      subject,
      type,
      occurredAt: instant(timestamp, "seconds") ?? new Date(delivery.receivedAt).toISOString(),
      payload: {} satisfies GustoEvent,
    },
  ];
}
