import { plainWord } from "#lib/fields/encode.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import { eachEntry } from "./batch.ts";
import { hashOfJson, isJsonObject, readId, type JsonObject } from "./body.ts";
import { momentAt } from "./json-event.ts";

// Senders whose body the customer writes: each source says in its README under which names, and how the customer sets that up.

/** The names, which the source's README prescribes. */
export interface EventNames {
  /** Of the list, where a delivery holds several events. Without it, the document is one event. */
  readonly list?: string;
  readonly subject: string;
  readonly type: string;
  /** When it happened. Without a value, the event that came last counts. */
  readonly occurredAt: string;
}

/**
 * The events in a document, each an object of names. The whole object is the id of its event: the same object is a repetition, and one
 * without a time is a new event once something else about the person has been applied. What has happened is in lower case, with dashes:
 * `Change Job` is `change-job`.
 */
export function namedEvents(
  document: JsonObject,
  { list, subject, type, occurredAt }: EventNames,
  receivedAt: number,
): (SourceEvent | InboundError)[] {
  const read = (entry: unknown): SourceEvent => {
    if (!isJsonObject(entry)) throw new InboundError("malformed", "event-not-an-object");
    const id = readId(entry[subject]);
    if (id === undefined) throw new InboundError("malformed", "id-missing", { path: subject });
    const word = plainWord(entry[type])
      .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-|-$/g, "");
    if (word === "" || word.length > 100) throw new InboundError("malformed", "type-missing", { path: type });
    const moment = momentAt(entry, occurredAt);
    return {
      id: hashOfJson(entry),
      subject: id,
      type: word,
      occurredAt: moment ?? new Date(receivedAt).toISOString(),
      ...(moment === undefined && { isUndated: true as const }),
      payload: entry,
    };
  };
  const entries = list === undefined ? undefined : document[list];
  if (entries === undefined) return [read(document)];
  if (!Array.isArray(entries)) throw new InboundError("malformed", "events-missing", { path: list ?? "" });
  const known = new Set<string>();
  return eachEntry(entries, list ?? "", (entry) => {
    const event = read(entry);
    if (known.has(event.id)) return [];
    known.add(event.id);
    return event;
  });
}
