import { instant } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { hashOfJson, readId, readJsonObject } from "./body.ts";

/** Where a sender writes what every event needs, as paths: `worker.id`, `events[0].type`, `['Employee ID']`. */
export interface JsonEventPaths {
  /** The sender's id of the person. */
  readonly subject: string;
  /** What happened, in the sender's words. */
  readonly type: string;
  /**
   * When it happened: ISO 8601, or a number since 1970. Events about one person are put in order by it; where the sender
   * says no time, they are in the order in which they came.
   */
  readonly occurredAt?: string;
  /** The sender's id of the event, the same when it repeats itself. Without it, a delivery that says the same again is a repetition. */
  readonly id?: string;
}

/** The `split` of a sender that posts one JSON object for each event. */
export function jsonEvent(paths: JsonEventPaths): (delivery: VerifiedDelivery) => SourceEvent[] {
  const idAt = (document: unknown, path: string): string => {
    const id = readId(at(document, path).value);
    if (id === undefined) throw new InboundError("malformed", "field-missing", { path });
    return id;
  };
  return (delivery) => {
    const payload = readJsonObject(delivery.payload);
    const said = paths.occurredAt === undefined ? undefined : at(payload, paths.occurredAt).value;
    const type = idAt(payload, paths.type);
    if (type.length > 100) throw new InboundError("malformed", "type-too-long", { path: paths.type });
    return [
      {
        id: paths.id === undefined ? hashOfJson(payload) : idAt(payload, paths.id),
        subject: idAt(payload, paths.subject),
        type,
        occurredAt: instant(said) ?? new Date(delivery.sentAt ?? delivery.receivedAt).toISOString(),
        payload,
      },
    ];
  };
}
