import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What is known of the user of an event. */
export interface CasdoorEvent {
  /** The organization whose user it is. */
  readonly owner?: string;
  /** The TOTP secret that a new user came with. */
  readonly totpSecret?: string;
  /** The user as Casdoor's API has them, `null` where there is none. Only there for events that were asked about. */
  readonly user?: JsonObject | null;
  /** The request was refused, or is about a user of another organization than the secret's. */
  readonly isNothing?: boolean;
}

/**
 * One event a delivery: a record of Casdoor's, whose `object` is a text with JSON in it. For `new-user…` that is the user, from Casdoor's
 * database; for `update-user` and `delete-user` it is what a person asked Casdoor for, of which it may have carried out a part. So no more
 * than the id is taken from it, and the user is read from the API. The record of a sign-up has the `name` of its `new-user`.
 *
 * https://github.com/casdoor/casdoor/blob/master/object/record.go
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const record = readJsonObject(delivery.payload);
  const { action: type } = record;
  if (typeof type !== "string" || !/^[\w./-]{1,200}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "action" });
  }
  const name = readId(record.name);
  if (name === undefined) throw new InboundError("malformed", "id-missing", { path: "name" });
  const occurredAt = instant(record.createdTime);
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "createdTime" });
  }
  const said = isAboutUser(type) ? readUser(record) : undefined;
  return [
    {
      id: `${name}:${type}`,
      subject: said?.subject ?? "none",
      type,
      occurredAt,
      payload: (said ? { ...said.payload, ...refusal(record) } : {}) satisfies CasdoorEvent,
    },
  ];
}

export const isAboutUser = (type: string): boolean =>
  isOfNewUser(type) || type === "update-user" || type === "delete-user";

const isOfNewUser = (type: string): boolean => /^new-user(?:-ldap|-syncer)?$/.test(type);

function readUser({ object, action }: JsonObject): { subject: string; payload: CasdoorEvent } {
  if (typeof object !== "string") throw new InboundError("malformed", "data-missing", { path: "object" });
  const { id, owner, totpSecret } = readJsonObject(Buffer.from(object));
  const subject = readId(id);
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "object.id" });
  const isSecret =
    isOfNewUser(String(action)) && typeof totpSecret === "string" && /^[^*]{1,1024}$/.test(totpSecret);
  return {
    subject,
    payload: { ...(typeof owner === "string" && { owner }), ...(isSecret && { totpSecret }) },
  };
}

/** `response` is no JSON: `{status:"error", msg:"…"}`. Of a new user it is the answer to the sign-in that brought the user. */
function refusal({ action, response }: JsonObject): CasdoorEvent {
  const isRefused = typeof response === "string" && /^\{\s*"?status"?:\s*"error"/.test(response);
  return isRefused && !isOfNewUser(String(action)) ? { isNothing: true } : {};
}
