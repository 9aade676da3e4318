import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What Personio knows of the person of an event. A delivery itself holds nothing but ids. */
export interface PersonioEvent {
  /** The person, `null` where there is none any more. Only there for events that were asked about. */
  readonly person?: JsonObject | null;
  /** The latest employment of the person, `null` where there is none. Only there for events that were asked about. */
  readonly employment?: JsonObject | null;
}

/**
 * One event a delivery: `{company_id, event_name, occurred_at, payload, meta?}`. Personio has no ids of events, so everything but `meta`,
 * which may differ between attempts, is the id. Which names the ids in `payload` have is not documented: each usual one is taken.
 *
 * https://developer.personio.de/reference/webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const { meta: _, ...said } = readJsonObject(delivery.payload);
  const { event_name: type, payload } = said;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_name" });
  }
  if (!isJsonObject(payload)) throw new InboundError("malformed", "data-missing", { path: "payload" });
  const occurredAt = instant(said.occurred_at);
  // Without its time, an old event would count as a new one.
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "occurred_at" });
  }
  const isAboutPerson = /^(?:person|employment)\./.test(type);
  const subject = personIn(payload, type);
  if (subject === undefined && isAboutPerson) {
    throw new InboundError("malformed", "id-missing", { path: "payload.person_id" });
  }
  return [
    {
      id: hashOfJson(said),
      subject: subject ?? "none",
      type,
      occurredAt,
      payload: {} satisfies PersonioEvent,
    },
  ];
}

/** The id of the person. In an event about an employment, `id` alone is the employment's. */
function personIn(payload: JsonObject, type: string): string | undefined {
  const names = ["person_id", "person.id", ...(type.startsWith("person.") ? ["id"] : [])];
  for (const name of names) {
    const id = readId(at(payload, name).value);
    if (id !== undefined) return /^[\w-]+$/.test(id) ? id : undefined;
  }
  return undefined;
}
