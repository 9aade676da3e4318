import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What is known of the identity of an event. */
export interface KratosEvent {
  /** The identity: as the event says, or as Kratos has it today; `null` where there is none any more. */
  readonly identity?: JsonObject | null;
  /** The key URI of the identity's authenticator, for events of `identity.totp`. */
  readonly totpUrl?: string;
}

/**
 * One event a delivery, which the README's Jsonnet templates make: `{event, flow_id, identity}`. A template has no clock, and what an identity
 * says of its last change is older than that, so that the time is that of receipt. A flow may be gone through several times.
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event: type, identity } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  const isAboutIdentity = type.startsWith("identity.");
  const id = readId(at(document, "identity.id").value);
  // Kratos' ids are UUIDs. Before an identity is stored it has that of zeros.
  const isId = id !== undefined && /^[\w-]{1,64}$/.test(id) && !/^[0-]+$/.test(id);
  if (isAboutIdentity && !isId) throw new InboundError("malformed", "id-missing", { path: "identity.id" });
  return [
    {
      id: hashOfJson(document),
      subject: isId ? id : "none",
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      isUndated: true,
      payload: (isAboutIdentity && type !== "identity.totp" && isJsonObject(identity)
        ? { identity: withoutCredentials(identity) }
        : {}) satisfies KratosEvent,
    },
  ];
}

function withoutCredentials(identity: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(identity).filter(([name]) => name !== "credentials"));
}
