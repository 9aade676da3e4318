import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** An employee, or a sync that stands for all that has changed; and whose data it is. */
export interface MergeEvent {
  readonly linkedAccount: string;
  readonly employee?: JsonObject;
  /** The event is about another linked account than the one of the secret. */
  readonly isForeign?: true;
}

/**
 * One event a delivery: `{ hook: { event }, linked_account, data }`. Merge writes the event in two ways (`Employee.changed`,
 * `employee.updated`), and gives it no id: `hook.id` is that of the webhook. The data of an account may hold its token, and is not kept.
 *
 * https://docs.merge.dev/basics/webhooks/merge-webhooks
 */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { hook, linked_account: account, data } = document;
  const event = isJsonObject(hook) ? hook.event : undefined;
  if (typeof event !== "string" || !/^\w{1,50}\.\w{1,50}$/.test(event)) {
    throw new InboundError("malformed", "type-missing", { path: "hook.event" });
  }
  const linkedAccount = isJsonObject(account) ? readId(account.id) : undefined;
  if (linkedAccount === undefined) {
    throw new InboundError("malformed", "id-missing", { path: "linked_account.id" });
  }
  const type = event.toLowerCase();
  const arrivedAt = new Date(delivery.receivedAt).toISOString();
  if (!type.startsWith("employee.") || type === "employee.synced") {
    const payload = { linkedAccount } satisfies MergeEvent;
    // Two syncs may say the same: each reads the list again.
    return [
      {
        id: hashOfJson(document),
        subject: `account ${linkedAccount}`,
        type,
        occurredAt: arrivedAt,
        isUndated: true,
        payload,
      },
    ];
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  return [employeeEvent(type, data, linkedAccount, arrivedAt)];
}

/**
 * An event about one employee. The record has the time of its last change, so that it is the same event in a webhook and in a list.
 *
 * @throws InboundError `malformed` `id-missing`.
 */
export function employeeEvent(
  type: string,
  employee: JsonObject,
  linkedAccount: string,
  arrivedAt: string,
): SourceEvent {
  const subject = readId(employee.id);
  if (subject === undefined) throw new InboundError("malformed", "id-missing", { path: "data.id" });
  const changedAt = instant(employee.modified_at);
  return {
    id: hashOfJson([verbOf(type), employee]),
    subject,
    type,
    occurredAt: changedAt ?? arrivedAt,
    ...(changedAt === undefined && { isUndated: true as const }),
    payload: { linkedAccount, employee } satisfies MergeEvent,
  };
}

/** The other way in which Merge writes the same event is no other event. */
const synonyms: Readonly<Record<string, string>> = {
  created: "added",
  updated: "changed",
  deleted: "removed",
};

function verbOf(type: string): string {
  const verb = type.slice(type.indexOf(".") + 1);
  return (Object.hasOwn(synonyms, verb) ? synonyms[verb] : undefined) ?? verb;
}
