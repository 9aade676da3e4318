import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import {
  hashOfJson,
  isJsonObject,
  readId,
  readJsonObjectOrList,
  type JsonObject,
} from "#lib/payloads/body.ts";

/**
 * The events of a delivery: one, `{directory_id, tenant, product, event, data}`, or a list of them where Polis collects. They have neither an
 * id nor a time, so that two of them may be equal: what they say is their id, and their time is that of receipt.
 *
 * https://www.ory.com/docs/polis/directory-sync/webhooks
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const document = readJsonObjectOrList(delivery.payload);
  const receivedAt = new Date(delivery.receivedAt).toISOString();
  if (isJsonObject(document)) return [readEvent(document, receivedAt)];
  return eachEntry(document, "", (entry) => {
    if (!isJsonObject(entry)) throw new InboundError("malformed", "event-not-an-object");
    return readEvent(entry, receivedAt);
  });
}

function readEvent(entry: JsonObject, receivedAt: string): SourceEvent {
  // How often Polis has tried already is no part of what is said.
  const { retry_count: _, ...said } = entry;
  const { event: type, data } = said;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  const isAboutUser = type.startsWith("user.");
  const subject = isJsonObject(data) ? readId(data.id) : undefined;
  if (subject === undefined && isAboutUser) {
    throw new InboundError("malformed", "id-missing", { path: "data.id" });
  }
  return {
    id: hashOfJson(said),
    subject: subject ?? "none",
    type,
    occurredAt: receivedAt,
    isUndated: true,
    payload: isAboutUser && isJsonObject(data) ? data : {},
  };
}
