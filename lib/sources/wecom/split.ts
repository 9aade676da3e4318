import { hash } from "node:crypto";
import { instant } from "#lib/fields/date.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readId, type JsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { readXml } from "#lib/payloads/xml.ts";
import { eventTypes } from "./event-types.ts";

/** What there is of an event before WeCom has been asked. */
export interface ContactChange {
  /** As the event has it: of a person who gets another id, the old one. */
  readonly userId: string;
  readonly newUserId?: string;
  /** The company, where an app of a provider may serve several. */
  readonly corpId?: string;
  /** The elements of the event by name. Since August 2022 there are few: the ids and the departments. */
  readonly event: JsonObject;
}

const changes: ReadonlySet<string> = new Set(["create_user", "update_user", "delete_user"]);
/** The subject of an event that is not understood and names no person. */
const noPerson = "none";

/**
 * One event a delivery, none for a delivery that is about no person (departments, tags, messages, a suite's ticket). A delivery
 * that is not understood is kept whole, among the dead letters, until it is. WeCom has no ids of events, and all of them come from
 * `sys`, many in one second: the whole payload is the id.
 *
 * https://developer.work.weixin.qq.com/document/path/90970; of providers' apps: /90639
 */
export function split({ payload, sentAt, receivedAt }: VerifiedDelivery): SourceEvent[] {
  const event = readXml(payload);
  const type = typeOf(event);
  if (isUninteresting(type, eventTypes)) return [];

  const common = {
    id: hash("sha256", payload, "hex"),
    type,
    occurredAt:
      instant(event.CreateTime, "seconds") ??
      instant(event.TimeStamp, "seconds") ??
      new Date(sentAt ?? receivedAt).toISOString(),
  };
  if (!changes.has(type))
    return [{ ...common, subject: readId(event.UserID) ?? noPerson, payload: { event } }];

  const userId = idAt(event, "UserID");
  if (userId === undefined) throw new InboundError("malformed", "id-missing", { path: "UserID" });
  const newUserId = idAt(event, "NewUserID");
  const corpId = idAt(event, "AuthCorpId");
  return [
    {
      ...common,
      subject: userId,
      payload: {
        userId,
        ...(newUserId !== undefined && { newUserId }),
        ...(corpId !== undefined && { corpId }),
        event,
      } satisfies ContactChange,
    },
  ];
}

/** What a change of the contacts changes, else what has happened. */
function typeOf({ InfoType, Event, MsgType, ChangeType }: JsonObject): string {
  const kind = InfoType ?? Event ?? MsgType;
  if (typeof kind !== "string" || kind === "") {
    throw new InboundError("malformed", "type-missing", { path: "Event" });
  }
  const [type, path] = kind === "change_contact" ? [ChangeType, "ChangeType"] : [kind, "Event"];
  if (typeof type === "string" && /^\w{1,100}$/.test(type)) return type;
  throw new InboundError("malformed", "event-type-unknown", { path });
}

/**
 * An id that cannot be read is an error and not a missing id: otherwise a rename would become an update, and another company's person one
 * of ours.
 */
function idAt(event: JsonObject, name: string): string | undefined {
  const { [name]: value } = event;
  const id = readId(value);
  if (id === undefined && !isEmpty(value))
    throw new InboundError("malformed", "id-malformed", { path: name });
  return id;
}
