import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event. */
export interface KeycloakEvent {
  /** Of an event of a user's own doing: what has changed. */
  readonly details?: JsonObject;
  /** The user as the event's representation or Keycloak's API shows them; `null` where Keycloak has no such user any more. */
  readonly user?: JsonObject | null;
  /** `user` is all that Keycloak knows. An administrator's update may hold the changed fields only. */
  readonly isWhole?: true;
  /** From a list: it opens no account. */
  readonly isListed?: true;
}

/**
 * One event a delivery, in one of three shapes: `type` of the p2-inc listeners (`admin.USER-UPDATE`, `access.REGISTER`), Keycloak's own
 * `AdminEvent` (`operationType`, `resourceType`) and its `Event` (`type`), which most other listeners send as they are.
 *
 * https://github.com/p2-inc/keycloak-events
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const type = typeOf(document);
  const isAdmin = type.startsWith("admin.");
  const subject = isAdmin
    ? userIdIn(document.resourcePath)
    : readId(at(document, "authDetails.userId").value ?? document.userId);
  if (subject === undefined && namesUser.has(type)) {
    const path = isAdmin ? "resourcePath" : "authDetails.userId";
    throw new InboundError("malformed", "user-missing", { path });
  }
  return [
    {
      id: readId(document.uid) ?? readId(document.id) ?? hashOfJson(document),
      subject: subject ?? "none",
      type,
      occurredAt:
        instant(document.time, "milliseconds") ??
        new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: namesUser.has(type) ? said(type, document) : {},
    },
  ];
}

/** The types that mean something here. */
export const namesUser: ReadonlySet<string> = new Set([
  "admin.USER-CREATE",
  "admin.USER-UPDATE",
  "admin.USER-DELETE",
  "access.REGISTER",
  "access.UPDATE_PROFILE",
  "access.UPDATE_EMAIL",
  "access.VERIFY_EMAIL",
  "access.DELETE_ACCOUNT",
  "access.USER_DISABLED_BY_PERMANENT_LOCKOUT",
]);

function typeOf(document: JsonObject): string {
  const word = wordOf(document);
  if (!/^[\w.-]{1,100}$/.test(word)) throw new InboundError("malformed", "type-missing", { path: "type" });
  // Keycloak calls it USER-DELETE, too, when a linked account or a credential of a user is deleted.
  if (word.startsWith("admin.USER-") && isPart(document.resourcePath)) return `${word}/part`;
  const { error } = document;
  const isTried = typeof error === "string" && error !== "" && !word.endsWith("_ERROR");
  return isTried ? `${word}_ERROR` : word;
}

function wordOf({ type, operationType, resourceType, resourceTypeAsString }: JsonObject): string {
  if (typeof type === "string" && /^(?:admin|access|system)\./.test(type)) return type;
  if (typeof operationType !== "string") return typeof type === "string" ? `access.${type}` : "";
  const resource = resourceType ?? resourceTypeAsString;
  return `admin.${typeof resource === "string" ? resource : ""}-${operationType}`;
}

/** `users/<id>`, and nothing behind it. Ids of federated users have colons. */
function userIdIn(resourcePath: unknown): string | undefined {
  const [, id] =
    typeof resourcePath === "string" ? (/^\/?users\/([^/]{1,255})$/.exec(resourcePath) ?? []) : [];
  return readId(id);
}

function isPart(resourcePath: unknown): boolean {
  return typeof resourcePath === "string" && /^\/?users\/[^/]+\/./.test(resourcePath);
}

/** The representation comes as JSON in a text, or as an object; not at all where the realm does not include it. */
function said(type: string, { details, representation }: JsonObject): KeycloakEvent {
  if (type === "admin.USER-DELETE") return {};
  if (!type.startsWith("admin.")) return isJsonObject(details) ? { details } : {};
  const isText = typeof representation === "string" && representation !== "";
  const user = isText ? readJsonObject(Buffer.from(representation)) : representation;
  if (!isJsonObject(user)) return {};
  // The Admin Console sends back the whole user that it was shown; scripts send what they change.
  const isWhole = type === "admin.USER-CREATE" || typeof user.createdTimestamp === "number";
  return { user, ...(isWhole && { isWhole }) };
}
