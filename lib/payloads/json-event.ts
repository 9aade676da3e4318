import { instant } from "#lib/fields/date.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
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
   * When it happened: ISO 8601 with an offset, or a number since 1970. Of each field of a person the newest event counts by it;
   * where the sender says no time, the one that came last.
   */
  readonly occurredAt?: string;
  /**
   * The sender's id of the event, the same when it repeats itself. Without it, the whole payload is the id, its time included: the
   * same payload is a repetition. A payload without a time is a new event once something else about the person has been applied.
   */
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
    const occurredAt = momentAt(payload, paths.occurredAt);
    const isUndated = paths.id === undefined && occurredAt === undefined;
    // A signed time may be of whole seconds, and two events of the same payload may lie within one second.
    const arrivedAt = isUndated ? delivery.receivedAt : (delivery.sentAt ?? delivery.receivedAt);
    const type = idAt(payload, paths.type);
    if (type.length > 100) throw new InboundError("malformed", "type-too-long", { path: paths.type });
    return [
      {
        id: paths.id === undefined ? hashOfJson(payload) : idAt(payload, paths.id),
        subject: idAt(payload, paths.subject),
        type,
        occurredAt: occurredAt ?? new Date(arrivedAt).toISOString(),
        ...(isUndated && { isUndated: true as const }),
        payload,
      },
    ];
  };
}

/** The time at a path; `undefined` where the sender says none. A wrong order would close the account of a person who was hired again. */
export function momentAt(payload: unknown, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const { value } = at(payload, path);
  const moment = instant(value);
  if (moment === undefined && !isEmpty(value)) {
    throw new InboundError("malformed", "time-unreadable", {
      path,
      hint: "let the sender write ISO 8601 with an offset, or seconds since 1970; or write a split of your own",
    });
  }
  return moment;
}
