import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of a notification. */
export interface GraphEvent {
  /** The tenant that the notification is of. */
  readonly tenantId?: string;
  /** The user as Graph shows them; `null` where Graph has deleted them, for now or for good. */
  readonly user?: JsonObject | null;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * The notifications of a delivery, each by itself. They hold an id and no time: that a user was created, changed or deleted for now is
 * always `updated`, so that the worker asks Graph.
 *
 * https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const { value } = readJsonObject(delivery.payload);
  if (!Array.isArray(value)) throw new InboundError("malformed", "events-missing", { path: "value" });
  const receivedAt = new Date(delivery.receivedAt).toISOString();
  return eachEntry(value, "value", (entry) => {
    if (!isJsonObject(entry)) throw new InboundError("malformed", "event-not-an-object");
    const id = readId(entry.id);
    const subject = subjectOf(entry);
    const type = typeOf(entry);
    if (subject === undefined && type.startsWith("user.")) {
      throw new InboundError("malformed", "id-missing", { path: "resourceData.id" });
    }
    const { tenantId } = entry;
    return {
      id: id ?? hashOfJson(entry),
      subject: subject ?? "none",
      type,
      occurredAt: receivedAt,
      ...(id === undefined && { isUndated: true }),
      payload: (typeof tenantId === "string" ? { tenantId } : {}) satisfies GraphEvent,
    };
  });
}

function subjectOf({ resourceData }: JsonObject): string | undefined {
  const id = isJsonObject(resourceData) ? readId(resourceData.id) : undefined;
  // Ids are GUIDs. Anything else could ask Graph for something that is not one user, e.g. `me`.
  return id !== undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? id : undefined;
}

/** `user.updated`, `group.deleted`, `lifecycle.missed`. */
function typeOf({ lifecycleEvent, changeType, resource, resourceData }: JsonObject): string {
  const type = isJsonObject(resourceData) ? resourceData["@odata.type"] : undefined;
  const [, kind = ""] =
    typeof type === "string"
      ? (/^#Microsoft\.Graph\.([A-Za-z]{1,40})$/i.exec(type) ?? [])
      : (/^\/?([A-Za-z]{1,40})s(?:\/|$)/.exec(typeof resource === "string" ? resource : "") ?? []);
  const [family, word] =
    lifecycleEvent === undefined ? [kind.toLowerCase(), changeType] : ["lifecycle", lifecycleEvent];
  if (family === "" || typeof word !== "string" || !/^\w{1,60}$/.test(word)) {
    throw new InboundError("malformed", "type-missing", { path: "changeType" });
  }
  return `${family}.${word}`;
}
