import { instant } from "#lib/fields/date.ts";
import { yesOrNo } from "#lib/fields/encode.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { eachEntry } from "#lib/payloads/batch.ts";
import { hashOfJson, isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";

/** Deel's events hold the id of a profile. */
export interface DeelEvent {
  /** Deel tries out the webhook: nothing has happened. */
  readonly isSimulation?: true;
  /** The person as Deel's API shows them. Only there for events that were asked about. */
  readonly person?: JsonObject;
}

const aboutWorkers = /^(?:employee|worker)\./;

/**
 * The events of a delivery: `{ data: { meta: { event_type, tracking_id }, resource }, timestamp }`, with one resource or a list of them.
 * https://developer.deel.com/docs/webhooks-overview
 */
export function split(delivery: VerifiedDelivery): (SourceEvent | InboundError)[] {
  const document = readJsonObject(delivery.payload);
  const data = isJsonObject(document.data) ? document.data : {};
  const meta = isJsonObject(data.meta) ? data.meta : {};
  const { event_type: type } = meta;
  if (typeof type !== "string" || !/^[\w.-]{1,100}$/.test(type)) {
    throw new InboundError("malformed", "type-missing", { path: "data.meta.event_type" });
  }
  const occurredAt =
    instant(meta.occurred_at) ?? instant(document.timestamp) ?? new Date(delivery.receivedAt).toISOString();
  // A repetition has the same id; the time of a delivery (`timestamp`) is another one each time.
  const id = readId(meta.event_id) ?? readId(meta.tracking_id) ?? hashOfJson(data);
  const isSimulation = yesOrNo(meta.is_simulation) === true;
  const said = { type, occurredAt, payload: (isSimulation ? { isSimulation } : {}) satisfies DeelEvent };
  const { resource } = data;
  const read = (entry: unknown): SourceEvent => {
    const subject = isJsonObject(entry) ? (readId(entry.id) ?? readId(entry.hris_profile_id)) : undefined;
    if (subject === undefined && aboutWorkers.test(type)) {
      throw new InboundError("malformed", "id-missing", { path: "id" });
    }
    return { id: `${id} ${type} ${subject ?? hashOfJson(entry ?? {})}`, subject: subject ?? "none", ...said };
  };
  return eachEntry(Array.isArray(resource) ? resource : [resource], "data.resource", read);
}
