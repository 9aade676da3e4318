import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads: the user or the member; empty for other objects, and for one that is deleted. */
export type StytchPerson = JsonObject;

const people = new Set(["user", "member"]);

/**
 * One event a delivery: `{ event_id, action, object_type, source, id, timestamp }`, and beside them the object under the name of its type.
 * https://stytch.com/docs/resources/workspace-management/webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { action, object_type: object, timestamp } = document;
  const id = readId(document.event_id) ?? delivery.deliveryId;
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "event_id" });
  for (const [path, word] of Object.entries({ action, object_type: object })) {
    if (typeof word !== "string" || !/^\w{1,50}$/.test(word)) {
      throw new InboundError("malformed", "type-missing", { path });
    }
  }
  const kind = String(object).toLowerCase();
  const person = people.has(kind) ? document[kind] : undefined;
  const subject = readId(document.id) ?? (isJsonObject(person) ? readId(person[`${kind}_id`]) : undefined);
  if (subject === undefined && people.has(kind))
    throw new InboundError("malformed", "id-missing", { path: "id" });
  return [
    {
      id,
      subject: subject ?? "none",
      type: `${kind}.${String(action).toLowerCase()}`,
      occurredAt: instant(timestamp) ?? new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: (isJsonObject(person) ? person : {}) satisfies StytchPerson,
    },
  ];
}
