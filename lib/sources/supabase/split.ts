import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** A row of `auth.users` or `auth.mfa_factors`, or the user of a hook; and the row before it changed. */
export interface Row {
  readonly record: JsonObject;
  readonly before?: JsonObject;
}

/**
 * One event a delivery. An auth hook is `{ metadata, user }`, a database webhook `{ type, schema, table, record, old_record }`. What of them
 * is a secret that the event does not need is not kept.
 *
 * https://supabase.com/docs/guides/auth/auth-hooks
 * https://supabase.com/docs/guides/database/webhooks#payload
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const arrivedAt = new Date(delivery.receivedAt).toISOString();
  return [
    isJsonObject(document.metadata)
      ? hookEvent(document, document.metadata, arrivedAt)
      : rowEvent(document, arrivedAt),
  ];
}

/** Hooks that tell of a user. The others hold tokens, codes and claims, none of which is kept. */
const usersHooks = new Set(["before-user-created", "after-user-created"]);

function hookEvent(document: JsonObject, metadata: JsonObject, arrivedAt: string): SourceEvent {
  const { name, uuid, time } = metadata;
  const id = readId(uuid);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "metadata.uuid" });
  if (typeof name !== "string" || !/^[a-z-]{1,64}$/.test(name)) {
    throw new InboundError("malformed", "type-missing", { path: "metadata.name" });
  }
  const type = `hook.${name}`;
  const occurredAt = instant(time) ?? arrivedAt;
  if (!usersHooks.has(name)) return { id, subject: "none", type, occurredAt, payload: {} };
  const { user } = document;
  const subject = isJsonObject(user) ? readId(user.id) : undefined;
  if (subject === undefined || !isJsonObject(user)) {
    throw new InboundError("malformed", "id-missing", { path: "user.id" });
  }
  return { id, subject, type, occurredAt, payload: { record: user } satisfies Row };
}

/** Where the id of the user is in the rows of each table. */
const userColumns: Readonly<Record<string, string>> = { users: "id", mfa_factors: "user_id" };

function rowEvent(document: JsonObject, arrivedAt: string): SourceEvent {
  const { type: verb, schema, table, record, old_record: before } = document;
  if (![schema, table, verb].every((word) => typeof word === "string" && /^\w{1,40}$/.test(word))) {
    throw new InboundError("malformed", "type-missing", { path: "type" });
  }
  const type = [schema, table, verb].join(".");
  const path = verb === "DELETE" ? "old_record" : "record";
  const row = verb === "DELETE" ? before : record;
  if (!isJsonObject(row)) throw new InboundError("malformed", "data-missing", { path });
  const column =
    schema === "auth" && Object.hasOwn(userColumns, table as string) && userColumns[table as string];
  const about = { id: hashOfJson(document), type };
  if (!column) return { ...about, subject: "none", occurredAt: arrivedAt, payload: {} };

  const subject = readId(row[column]);
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: `${path}.${column}` });
  // Nothing comes of a factor that is removed, and its secret is not kept.
  if (type === "auth.mfa_factors.DELETE") return { ...about, subject, occurredAt: arrivedAt, payload: {} };
  const old = isJsonObject(before) && verb !== "DELETE" ? before : undefined;
  const changedAt = verb === "DELETE" ? undefined : instant(row.updated_at ?? row.created_at);
  // The column says nothing of a deletion, nor of a change by SQL, which leaves it as it is.
  const isTold = changedAt !== undefined && (old === undefined || row.updated_at !== old.updated_at);
  return {
    ...about,
    subject,
    occurredAt: isTold ? changedAt : arrivedAt,
    ...(!isTold && { isUndated: true as const }),
    payload: { record: kept(row, type), ...(old && { before: kept(old, type) }) } satisfies Row,
  };
}

/** A row without its tokens; a hash of a password only where a user is new, a TOTP secret only where it has been confirmed. */
function kept(row: JsonObject, type: string): JsonObject {
  const isKept = (column: string) => {
    if (column === "encrypted_password") return type === "auth.users.INSERT";
    if (column === "secret") return row.status === "verified";
    return !/token|web_authn/.test(column);
  };
  return Object.fromEntries(Object.entries(row).filter(([column]) => isKept(column)));
}

/** Whether a body is that of an auth hook. */
export function isHook(body: Uint8Array): boolean {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('"metadata"');
}

/** Hooks whose answer Supabase uses: without it a mail is not sent, or no person gets a token. */
const demandingHooks = new Set(["custom-access-token", "customize-access-token", "send-email", "send-sms"]);

/**
 * The answer to a hook: nothing to object to. A hook that wants more than that is refused in Supabase's own way, so that the operator sees
 * it at once.
 */
export function hookReply(payload: Uint8Array): object {
  let name: unknown;
  try {
    const { metadata } = readJsonObject(payload);
    name = isJsonObject(metadata) ? metadata.name : undefined;
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
  }
  return typeof name === "string" && demandingHooks.has(name)
    ? { error: { http_code: 501, message: `this endpoint does not answer the hook ${name}` } }
    : {};
}
