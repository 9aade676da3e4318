import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { hashOfJson, readId, readJsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** What there is of an event: the person that it is about. */
export interface EmployeeReference {
  readonly id: string;
}

/**
 * One event for each employee in the list of a delivery, which holds what happened within three seconds, at most 500 ids. There is neither
 * an id of the event nor a time: two deliveries may be equal.
 */
export function split({ payload, receivedAt }: VerifiedDelivery): readonly (SourceEvent | InboundError)[] {
  const { key: type, data } = readJsonObject(payload);
  if (typeof type !== "string" || !/^\w{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "key" });
  }
  if (isUninteresting(type, eventTypes)) return [];
  if (!Array.isArray(data)) throw new InboundError("malformed", "ids-missing", { path: "data" });
  const known = new Set<string>();
  return eachEntry(data, "data", (entry) => {
    const id = readId(entry);
    if (id === undefined) throw new InboundError("malformed", "id-missing");
    // The API is asked with the id in its path: a dot would be another path.
    if (!/^[\w-]+$/.test(id)) throw new InboundError("malformed", "id-malformed");
    if (known.has(id)) return [];
    known.add(id);
    return {
      id: hashOfJson({ type, id }),
      subject: id,
      type,
      occurredAt: new Date(receivedAt).toISOString(),
      isUndated: true,
      payload: { id } satisfies EmployeeReference,
    };
  });
}
