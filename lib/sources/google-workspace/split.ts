import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of a notification. */
export interface GoogleEvent {
  /** The channel that it came through. */
  readonly channelId?: string;
  /** The user as the Directory API shows them; `null` where it has no such user any more. */
  readonly user?: JsonObject | null;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * One notification a delivery: the headers say what has happened, the body to which user. The first message of a channel (`sync`) says
 * nothing, and has no body. There is no time.
 *
 * https://developers.google.com/workspace/admin/directory/v1/guides/push
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const { headers, payload } = delivery;
  const state = headers["x-goog-resource-state"];
  if (state === "sync") return [];
  const document = readJsonObject(payload);
  const type = document.kind === "ping" ? "ping" : state;
  if (type === undefined || !/^\w{1,60}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "X-Goog-Resource-State" });
  }
  const subject = type === "ping" ? "none" : readId(document.id);
  // Ids are digits. Anything else could ask for something that is not one user, e.g. an address that is used again.
  if (subject === undefined || (type !== "ping" && !/^\d{1,30}$/.test(subject))) {
    throw new InboundError("malformed", "id-missing", { path: "id" });
  }
  const channelId = readId(headers["x-goog-channel-id"]);
  const number = readId(headers["x-goog-message-number"]);
  const isNumbered = channelId !== undefined && number !== undefined;
  return [
    {
      id: isNumbered ? `${channelId}:${number}` : hashOfJson({ type, ...document }),
      subject,
      type,
      occurredAt: new Date(delivery.receivedAt).toISOString(),
      ...(!isNumbered && { isUndated: true }),
      payload: (channelId === undefined ? {} : { channelId }) satisfies GoogleEvent,
    },
  ];
}
