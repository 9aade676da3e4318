import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event: the user as FusionAuth had them when the event happened, without anything secret. */
export interface FusionAuthEvent {
  readonly user?: JsonObject;
}

/** Fields of FusionAuth's user that are never kept. */
const secretFields = new Set(["encryptionScheme", "factor", "password", "salt", "twoFactor"]);

/**
 * The events of a delivery: one, `{event: {id, createInstant, type, user, …}}`, or for an import (`user.bulk.create`) one for each of its
 * `users`. https://fusionauth.io/docs/extend/events-and-webhooks/events/
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const { event } = readJsonObject(delivery.payload);
  if (!isJsonObject(event)) throw new InboundError("malformed", "data-missing", { path: "event" });
  const { type, user, users } = event;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event.type" });
  }
  const id = readId(event.id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "event.id" });
  const occurredAt = instant(event.createInstant, "milliseconds");
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "event.createInstant" });
  }
  if (!Array.isArray(users)) {
    const subject = isJsonObject(user) ? readId(user.id) : undefined;
    if (subject === undefined && isAboutUser(type)) {
      throw new InboundError("malformed", "id-missing", { path: "event.user.id" });
    }
    return [
      { id, subject: subject ?? "none", type, occurredAt, payload: isAboutUser(type) ? payloadOf(user) : {} },
    ];
  }
  return eachEntry(users, "event.users", (entry) => {
    const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
    if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
    // Of one delivery each user needs an id of its own.
    return { id: `${id}:${subject}`, subject, type, occurredAt, payload: payloadOf(entry) };
  });
}

/** Whether an event of this type has to hold a user: all but those of sign-ins and second factors, which say nothing of an account. */
const isAboutUser = (type: string): boolean =>
  /^user\.(?:bulk|create|update|deactivate|reactivate|delete|email|identity)(?:\.|$)/.test(type);

function payloadOf(user: unknown): FusionAuthEvent {
  if (!isJsonObject(user)) return {};
  return { user: Object.fromEntries(Object.entries(user).filter(([name]) => !secretFields.has(name))) };
}
