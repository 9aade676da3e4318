import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event: the user after it. */
export interface AuthgearEvent {
  readonly user?: JsonObject;
}

/**
 * One event a delivery: `{id, seq, type, payload: {user, …}, context: {timestamp, user_id, …}}`. The time is of whole seconds.
 * https://github.com/authgear/authgear-server/blob/main/docs/specs/event.md#event-shape
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { type } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  const id = readId(document.id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  const occurredAt = instant(at(document, "context.timestamp").value, "seconds");
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "context.timestamp" });
  }
  const { value: user } = at(document, "payload.user");
  const isAboutUser = /^(?:user|identity)\./.test(type);
  // Who has acted may be an administrator, so that the user of the payload comes first.
  const subject = readId(at(user, "id").value) ?? readId(at(document, "context.user_id").value);
  if (subject === undefined && isAboutUser) {
    throw new InboundError("malformed", "id-missing", { path: "payload.user.id" });
  }
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt,
      payload: (isTold(type) && isJsonObject(user) ? { user } : {}) satisfies AuthgearEvent,
    },
  ];
}

/** Of sign-ins and of what has not happened yet, nothing of the user is kept. */
const isTold = (type: string): boolean =>
  /^(?:user|identity)\./.test(type) &&
  !/^user\.(?:auth\.|authenticated|session\.|signed_out|pre_|profile\.pre_)/.test(type);
