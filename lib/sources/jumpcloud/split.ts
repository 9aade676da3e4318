import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { hashOfJson, isJsonObject, readId, readJsonObjectOrList } from "#lib/payloads/body.ts";

/** What `translate` reads of an event. */
export interface JumpCloudEvent {
  /** What was tried did not succeed. */
  readonly isInVain?: true;
  /** The user as JumpCloud's API shows them; `null` where it shows none of this id. */
  readonly user?: unknown;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * Events of Directory Insights: one, a list, or one inside of an alert (`data.di_event`).
 * https://docs.jumpcloud.com/api/insights/directory/1.0/index.html
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const document = readJsonObjectOrList(delivery.payload);
  const receivedAt = new Date(delivery.receivedAt).toISOString();
  return isJsonObject(document)
    ? [readEvent(document, receivedAt)]
    : eachEntry(document as readonly unknown[], "", (entry) => readEvent(entry, receivedAt));
}

function readEvent(entry: unknown, receivedAt: string): SourceEvent {
  if (!isJsonObject(entry)) throw new InboundError("malformed", "event-not-an-object");
  const inner = at(entry, "data.di_event").value;
  const event = isJsonObject(inner) ? inner : entry;
  const { event_type: type, resource, success } = event;
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type" });
  }
  const isOfUser = isJsonObject(resource) && (resource.type === undefined || resource.type === "user");
  const subject = isOfUser ? readId(resource.id) : undefined;
  if (subject === undefined && aboutUser.has(type)) {
    throw new InboundError("malformed", "user-missing", { path: "resource.id" });
  }
  return {
    id: readId(event.id) ?? hashOfJson(event),
    subject: subject ?? "none",
    type,
    occurredAt: instant(event.timestamp) ?? receivedAt,
    payload: (success === false ? { isInVain: true } : {}) satisfies JumpCloudEvent,
  };
}

export const joining: ReadonlySet<string> = new Set(["user_create", "user_created"]);
export const leaving: ReadonlySet<string> = new Set(["user_delete", "user_deleted"]);
export const moving: ReadonlySet<string> = new Set([
  "user_update",
  "user_updated",
  "user_suspended",
  "user_unsuspended",
  "user_activated",
]);
const aboutUser: ReadonlySet<string> = new Set([...joining, ...leaving, ...moving]);
