import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What an event says: that something has happened, or was tried. Its subject is the user it is about. */
export interface OktaEvent {
  /** `SUCCESS`, `FAILURE`, `SKIPPED`, …; empty where nothing is said. */
  readonly result: string;
  /** The user as Okta's API shows them, `null` where there is none any more. Only there for events that were asked about. */
  readonly user?: JsonObject | null;
}

/**
 * The events of a delivery: entries of Okta's system log, each with an id of its own. An entry that cannot be read does not affect
 * the others.
 *
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/EventHook/
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const document = readJsonObject(delivery.payload);
  const events = isJsonObject(document.data) ? document.data.events : undefined;
  if (!Array.isArray(events)) throw new InboundError("malformed", "events-missing", { path: "data.events" });
  const sentAt = instant(document.eventTime) ?? new Date(delivery.receivedAt).toISOString();
  return eachEntry(events, "data.events", (entry) => readEvent(entry, sentAt));
}

function readEvent(entry: unknown, sentAt: string): SourceEvent {
  if (!isJsonObject(entry)) throw new InboundError("malformed", "event-not-an-object");
  const id = readId(entry.uuid);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "uuid" });
  const { eventType: type, outcome } = entry;
  if (typeof type !== "string" || !/^[\w.-]{1,128}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "eventType" });
  }
  const result = isJsonObject(outcome) && typeof outcome.result === "string" ? outcome.result : "";

  const user = targetOf(entry, "User");
  // An attempt that failed may have no user yet, and a group or a policy never has one.
  const isAboutUser = result === "SUCCESS" && /^user\.(?:lifecycle|account)\./.test(type);
  if (user === undefined && isAboutUser) {
    throw new InboundError("malformed", "user-missing", { path: "target" });
  }
  return {
    id,
    subject: user ?? targetOf(entry) ?? "none",
    type,
    occurredAt: instant(entry.published) ?? sentAt,
    payload: { result } satisfies OktaEvent,
  };
}

/**
 * The id of the first target of a type, or of any. The user who did something (`actor`) is never the
 * one to look for. Ids of Okta are letters and digits; anything else could ask its API for something that is not one user.
 */
function targetOf({ target }: JsonObject, type?: string): string | undefined {
  if (!Array.isArray(target)) return undefined;
  const found: unknown = target.find(
    (entry) => isJsonObject(entry) && (type === undefined || entry.type === type),
  );
  const id = isJsonObject(found) ? readId(found.id) : undefined;
  return id !== undefined && /^[\w-]+$/.test(id) ? id : undefined;
}
