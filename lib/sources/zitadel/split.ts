import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What `translate` reads of an event. */
export interface ZitadelEvent {
  /** The user as ZITADEL's API shows them, `null` where there is none any more. Only there for events that were asked about. */
  readonly user?: JsonObject | null;
  /** The hash of the password that a new user was given. */
  readonly encodedHash?: unknown;
}

/** What `translate` reads of the answer to a request that made a TOTP secret. */
export interface ZitadelSecret {
  /** In base32. */
  readonly secret?: unknown;
  /** `otpauth://totp/…` */
  readonly uri?: unknown;
  /** Whether the user has confirmed the secret with a code. Only there where ZITADEL was asked. */
  readonly isConfirmed?: boolean;
}

/** The methods of ZITADEL's APIs that make a TOTP secret → where the request says whose it is; else it is the caller's. */
export const secretMakers: Readonly<Record<string, string>> = {
  "/zitadel.user.v2.UserService/RegisterTOTP": "request.userId",
  "/zitadel.user.v2beta.UserService/RegisterTOTP": "request.userId",
  "/zitadel.auth.v1.AuthService/AddMyAuthFactorOTP": "userID",
};

/**
 * One event a delivery: an event of ZITADEL's store, or the answer to a request of its API (`fullMethod`). `userID` is who acted;
 * `aggregateID` is the user. The event's own fields are not kept, since they are only what has changed, and may hold secrets.
 *
 * https://zitadel.com/docs/guides/integrate/actions
 * https://github.com/zitadel/zitadel/blob/main/internal/repository/execution/queue.go
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  return [typeof document.fullMethod === "string" ? readAnswer(document, delivery) : readEvent(document)];
}

function readEvent(document: JsonObject): SourceEvent {
  const { event_type: type, aggregateType = "user", aggregateID } = document;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event_type" });
  }
  const subject = idIn(aggregateID, "aggregateID");
  const sequence = readId(document.sequence);
  if (sequence === undefined) throw new InboundError("malformed", "id-missing", { path: "sequence" });
  const occurredAt = instant(document.created_at);
  if (occurredAt === undefined)
    throw new InboundError("malformed", "time-unreadable", { path: "created_at" });
  const { encodedHash } = fieldsOf(document);
  return {
    id: `${typeof aggregateType === "string" ? aggregateType.slice(0, 64) : "user"}:${subject}:${sequence}`,
    subject,
    type,
    occurredAt,
    payload: { ...(typeof encodedHash === "string" && { encodedHash }) } satisfies ZitadelEvent,
  };
}

/** The fields of an event: an object, or in older releases its JSON in base64. */
function fieldsOf({ event_payload: written }: JsonObject): JsonObject {
  if (isJsonObject(written)) return written;
  if (typeof written !== "string" || written === "") return {};
  return readJsonObject(Buffer.from(written, "base64"));
}

function readAnswer(document: JsonObject, { sentAt, receivedAt }: VerifiedDelivery): SourceEvent {
  const type = document.fullMethod;
  if (typeof type !== "string" || !/^\/[\w.]{1,80}\/\w{1,40}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "fullMethod" });
  }
  const place = Object.hasOwn(secretMakers, type) ? secretMakers[type] : undefined;
  if (place === undefined) throw new InboundError("malformed", "event-type-unknown", { path: "fullMethod" });
  const subject = idIn(at(document, place).value, place);
  const occurredAt =
    instant(at(document, "response.details.changeDate").value) ??
    new Date(sentAt ?? receivedAt).toISOString();
  const { value: uri } = first(document, "response.uri", "response.url");
  const { value: secret } = at(document, "response.secret");
  return {
    // Never of the secret, since ids are written to logs.
    id: `totp:${subject}:${occurredAt}`,
    subject,
    type,
    occurredAt,
    payload: {
      ...(typeof secret === "string" && { secret }),
      ...(typeof uri === "string" && { uri }),
    } satisfies ZitadelSecret,
  };
}

function first(document: JsonObject, one: string, other: string) {
  const read = at(document, one);
  return read.value === undefined ? at(document, other) : read;
}

/** An id of ZITADEL: digits, or what an operator chose. Anything else could ask its API for something that is not one user. */
function idIn(value: unknown, path: string): string {
  const id = readId(value);
  if (id === undefined || !/^[\w-]{1,200}$/.test(id)) {
    throw new InboundError("malformed", "id-missing", { path });
  }
  return id;
}
