import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { isJsonObject, readId, readJsonObjectOrList, type JsonObject } from "#lib/payloads/body.ts";

/** What an event says: that something has happened, or was tried. */
export interface PingOneEvent {
  /** `SUCCESS`, `FAILED`; empty where nothing is said. */
  readonly result: string;
  /** The environment that the user is in. */
  readonly environmentId?: string;
  /** The user as PingOne's API shows them; `null` where it shows none of this id. */
  readonly user?: JsonObject | null;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * The events of a delivery in the Ping Activity Format, at most 500, each with an id of its own. An event says in prose what has
 * changed, so that the worker asks PingOne.
 *
 * https://developer.pingidentity.com/pingone-api/platform/subscriptions-webhooks.html
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
  const id = readId(entry.id);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "id" });
  const type = at(entry, "action.type").value;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "action.type" });
  }
  const user = at(entry, "resources[type='USER']").value;
  const subject = isJsonObject(user) ? readId(user.id) : undefined;
  const isUsable = subject !== undefined && /^[\w-]+$/.test(subject);
  if (!isUsable && aboutUser.has(type)) {
    throw new InboundError("malformed", "user-missing", { path: "resources" });
  }
  const { value: result } = at(entry, "result.status");
  const environmentId = readId(at(user, "environment.id").value);
  return {
    id,
    subject: isUsable ? subject : "none",
    type,
    occurredAt: instant(entry.createdAt) ?? instant(entry.recordedAt) ?? receivedAt,
    payload: {
      result: typeof result === "string" ? result : "",
      ...(environmentId !== undefined && { environmentId }),
    } satisfies PingOneEvent,
  };
}

/** The types that mean something here. */
export const aboutUser: ReadonlySet<string> = new Set(["USER.CREATED", "USER.UPDATED", "USER.DELETED"]);
