import { hash } from "node:crypto";
import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { readId, readJsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** What there is of an event: the person it is about. */
export interface PersonReference {
  readonly userId: string;
}

/** The subject of an event that is not understood and names no person. */
const noPerson = "none";
const types: ReadonlySet<string> = new Set([
  "user_add_org",
  "user_modify_org",
  "user_leave_org",
  "hrm_mdm_user_change",
  "hrm_user_record_change",
]);
/** What has happened in an event of the human resources app that tells of many things. */
const personnelChange = "hrm_mdm_user_change";
/** Longest id of an event; longer ones are known by their hash. */
const maxIdLength = 256;

/**
 * One event for each person in the list of a delivery; none for the check of the URL and for what is about no person. What is not
 * understood is kept whole, among the dead letters, until it is. Callbacks that were registered through the older API write `UserId` and `TimeStamp` and have no id of the event: what they say is
 * the id then.
 *
 * https://open.dingtalk.com/document/orgapp/address-book-user-change; of the human resources app, one employee each:
 * https://open.dingtalk.com/document/development/personnel-platform-employee-change-event-v2
 */
export function split({
  payload,
  sentAt,
  receivedAt,
}: VerifiedDelivery): readonly (SourceEvent | InboundError)[] {
  const document = readJsonObject(payload);
  const { EventType: type, EventTime, eventId } = document;
  if (typeof type !== "string" || type === "") {
    throw new InboundError("malformed", "type-missing", { path: "EventType" });
  }
  if (!/^\w{1,100}$/.test(type))
    throw new InboundError("malformed", "event-type-unknown", { path: "EventType" });
  if (isUninteresting(type, eventTypes)) return [];

  const path = ["userId", "UserId", "staffId"].find((name) => document[name] !== undefined) ?? "userId";
  const isKnown = types.has(type);
  const told = [document[path] ?? []].flat() as readonly unknown[];
  const list = told.length === 0 && !isKnown ? [noPerson] : told;
  if (list.length === 0) throw new InboundError("malformed", "ids-missing", { path });
  const occurredAt =
    instant(EventTime) ??
    instant(document.timeStamp ?? document.TimeStamp) ??
    new Date(sentAt ?? receivedAt).toISOString();
  const delivery = readId(eventId) ?? hash("sha256", payload, "hex");

  const known = new Set<string>();
  return eachEntry(list, path, (entry) => {
    const userId = readId(entry);
    if (userId === undefined) throw new InboundError("malformed", "id-missing");
    if (known.has(userId)) return [];
    known.add(userId);
    const id = `${delivery}#${userId}`;
    return {
      id: id.length <= maxIdLength ? id : hash("sha256", id, "hex"),
      subject: userId,
      type: type === personnelChange ? `${type}.${wordOf(document.changeType)}` : type,
      occurredAt,
      payload: isKnown ? ({ userId } satisfies PersonReference) : document,
    };
  });
}

function wordOf(changeType: unknown): string {
  const word = readId(changeType) ?? "";
  if (/^\w{1,20}$/.test(word)) return word;
  throw new InboundError("malformed", "type-missing", { path: "changeType" });
}
