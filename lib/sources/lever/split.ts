import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** What an event says, none of which is signed, and what Lever's API says of it. */
export interface LeverEvent {
  /** The id of the reason for which the opportunity was archived before the event. */
  readonly fromReason?: string;
  /** Only there for events that were asked about. */
  readonly known?: KnownOpportunity;
  /** From a list, which does not say for which reason the opportunity was archived before. */
  readonly isListed?: true;
}

export interface KnownOpportunity {
  /** `null` where Lever has no opportunity of this id. */
  readonly opportunity: JsonObject | null;
  /** The types of the reasons for which it was archived before the event, and is now: `hired` or another word; absent where it was not. */
  readonly typeBefore?: unknown;
  readonly typeNow?: unknown;
}

/** One event a delivery: `{ id, event, triggeredAt, token, data }`. https://hire.lever.co/developer/documentation#webhooks */
export function split(delivery: VerifiedDelivery): SourceEvent[] {
  const document = readJsonObject(delivery.payload);
  const { event: type, data = {} } = document;
  if (typeof type !== "string" || !/^[A-Za-z]{1,64}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "event" });
  }
  if (!isJsonObject(data)) throw new InboundError("malformed", "data-missing", { path: "data" });
  // Lever's button Test sends an event without data.
  if (Object.keys(data).length === 0) return [];
  // Signed, and new for each event.
  const id = readId(document.token);
  if (id === undefined) throw new InboundError("malformed", "id-missing", { path: "token" });
  const subject = idIn(data.opportunityId);
  const isAboutHires = type === "candidateHired" || type === "candidateArchiveChange";
  if (subject === undefined && isAboutHires) {
    throw new InboundError("malformed", "id-missing", { path: "data.opportunityId" });
  }
  const fromReason = isJsonObject(data.fromArchived) ? idIn(data.fromArchived.reason) : undefined;
  return [
    {
      id,
      subject: subject ?? "none",
      type,
      occurredAt: new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
      payload: (isAboutHires && fromReason !== undefined ? { fromReason } : {}) satisfies LeverEvent,
    },
  ];
}

/** Ids become parts of paths. */
function idIn(value: unknown): string | undefined {
  const id = readId(value);
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}
