import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event about a user; events about anything else say nothing. */
export interface Auth0Event {
  /** The user as the event shows them, or as Auth0's API does; `null` where Auth0 has no such user any more. */
  readonly user?: JsonObject | null;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * One event a delivery, a CloudEvent. Streams that were made in early access say `com.auth0.user.created` and `spec_version`, others
 * `user.created` and `specversion`.
 *
 * https://auth0.com/docs/customize/events/event-types
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const id = readId(document.id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  const type = typeOf(document);
  const isAboutUser = type.startsWith("user.");
  const user = at(document, "data.object").value;
  const subject = readId(at(user, isAboutUser ? "user_id" : "id").value);
  if (isAboutUser && (subject === undefined || !isJsonObject(user))) {
    throw new InboundError("malformed", "user-missing", { path: "data.object.user_id" });
  }
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt: instant(document.time) ?? new Date(delivery.receivedAt).toISOString(),
      payload: (isAboutUser && isJsonObject(user) ? { user } : {}) satisfies Auth0Event,
    },
  ];
}

function typeOf({ type, a0purpose }: JsonObject): string {
  const word = typeof type === "string" ? type.replace(/^com\.auth0\./, "") : "";
  if (!/^[\w.-]{1,100}$/.test(word)) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  return a0purpose === "test" ? "test" : word;
}
