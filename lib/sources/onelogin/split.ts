import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
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

/** What `translate` reads of an event. */
export interface OneLoginEvent {
  /** The user as OneLogin's API shows them; `null` where it shows none of this id. */
  readonly user?: JsonObject | null;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/** The numbers by which OneLogin says that a user was created and deleted. */
export const created = "13";
export const deleted = "17";
/** The number that no event has: about no person. */
const aboutNobody = "0";

/**
 * The events of a delivery, each with an id of its own. `user_id` is the user who is acted upon, `actor_user_id` the one who acts.
 * https://developers.onelogin.com/api-docs/1/events/webhooks
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
  const number = readId(entry.event_type_id);
  if (number === undefined || !/^\d{1,9}$/.test(number)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type_id" });
  }
  const subject = readId(entry.user_id);
  const isAboutUser = subject !== undefined && /^\d{1,18}$/.test(subject);
  if (!isAboutUser && (number === created || number === deleted)) {
    throw new InboundError("malformed", "user-missing", { path: "user_id" });
  }
  return {
    id: readId(entry.uuid) ?? readId(at(entry, "create._id").value) ?? hashOfJson(entry),
    subject: isAboutUser ? subject : "none",
    type: isAboutUser ? number : aboutNobody,
    occurredAt: momentOf(entry) ?? receivedAt,
    payload: {} satisfies OneLoginEvent,
  };
}

/** `2017-12-05 19:13:06 UTC` */
function momentOf({ event_timestamp: written }: JsonObject): string | undefined {
  return instant(typeof written === "string" ? written.replace(/ UTC$/, "Z") : written);
}
