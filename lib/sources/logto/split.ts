import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What an event says of a user. */
export interface LogtoEvent {
  /** The user, or the part of it that a route of Logto's API has changed; `null` where there is none any more. */
  readonly user?: JsonObject | null;
  /** Whether `user` is the whole user, so that a person can be created from it. */
  readonly isWhole: boolean;
}

/**
 * One event a delivery. An interaction (`PostRegister`) has `userId` and `user`; a change of data has the answer that Logto's API gave to
 * the request that made it, as `data`: the whole user or, for some routes, a part. Logto has no ids of events, so the whole payload is the
 * id, its time included.
 *
 * https://docs.logto.io/developers/webhooks/webhooks-request
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event: type } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  const subject =
    idAt(document, "params.userId") ??
    idAt(document, "userId") ??
    idAt(document, "data.id") ??
    idAt(document, "user.id");
  const isAboutUser = /^(?:User\.|PostRegister$)/.test(type);
  if (subject === undefined && isAboutUser) {
    throw new InboundError("malformed", "id-missing", { path: "params.userId" });
  }
  const occurredAt = instant(document.createdAt);
  if (occurredAt === undefined) {
    throw new InboundError("malformed", "time-unreadable", { path: "createdAt" });
  }
  return [
    {
      id: hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt,
      payload: (isAboutUser ? readUser(document, subject) : { isWhole: false }) satisfies LogtoEvent,
    },
  ];
}

/** Logto's ids are letters and digits; anything else could ask its API for something that is not one user. */
function idAt(document: JsonObject, path: string): string | undefined {
  const id = readId(at(document, path).value);
  return id !== undefined && /^[\w-]{1,128}$/.test(id) ? id : undefined;
}

function readUser({ user, data, matchedRoute }: JsonObject, subject: string | undefined): LogtoEvent {
  const told = isJsonObject(user) ? user : data;
  if (!isJsonObject(told)) return { isWhole: false };
  if (told.id === subject) return { user: told, isWhole: true };
  const route = typeof matchedRoute === "string" ? matchedRoute : "";
  if (route.endsWith("/profile")) return { user: { profile: told }, isWhole: false };
  if (route.endsWith("/custom-data")) return { user: { customData: told }, isWhole: false };
  return { isWhole: false };
}
