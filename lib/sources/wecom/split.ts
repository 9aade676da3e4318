import { hash } from "node:crypto";
import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readId, type JsonObject } from "#lib/payloads/body.ts";
import { readXml } from "#lib/payloads/xml.ts";

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

/**
 * One event a delivery, none for what is about no person (departments, tags, messages, a suite's ticket). WeCom has no ids of
 * events, and all of them come from `sys`, many in one second: what they say is the id.
 *
 * https://developer.work.weixin.qq.com/document/path/90970; of providers' apps: /90639
 */
export function split({ payload, sentAt, receivedAt }: VerifiedDelivery): SourceEvent[] {
  const event = readXml(payload);
  const kind = event.InfoType ?? event.Event ?? event.MsgType;
  if (typeof kind !== "string" || kind === "") {
    throw new InboundError("malformed", "type-missing", { path: "Event" });
  }
  const { ChangeType: type } = event;
  if (kind !== "change_contact" || typeof type !== "string" || !changes.has(type)) return [];

  const userId = readId(event.UserID);
  if (userId === undefined) throw new InboundError("malformed", "id-missing", { path: "UserID" });
  const newUserId = readId(event.NewUserID);
  const corpId = readId(event.AuthCorpId);
  return [
    {
      id: hash("sha256", payload, "hex"),
      subject: userId,
      type,
      occurredAt:
        instant(event.CreateTime, "seconds") ??
        instant(event.TimeStamp, "seconds") ??
        new Date(sentAt ?? receivedAt).toISOString(),
      payload: {
        userId,
        ...(newUserId !== undefined && { newUserId }),
        ...(corpId !== undefined && { corpId }),
        event,
      } satisfies ContactChange,
    },
  ];
}
