import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import { text, type Item } from "./ledger-table.ts";

// The outcome of an event as its item holds it: the attribute `record`, a JSON text. What the item says anyway is not in it, and fields that
// come from one place share its text, since DynamoDB bills each 1,024 bytes of an item with each write. Most outcomes fit into that.

type Stored = Omit<EventRecord, "source" | "id" | "settledAt" | "trail"> & {
  /** Where the key holds its hash. */
  readonly id?: string;
  /** [where fields came from, which fields] */
  readonly trail: readonly (readonly [origin: string, ...fields: readonly string[]])[];
};

const prefix = "event#";

/** @param pk the key of the item. */
export function storedOutcome(record: EventRecord, pk: string): Item {
  const { source, id, settledAt, trail, ...rest } = record;
  const byOrigin = Map.groupBy(Object.entries(trail), ([, origin]) => origin);
  const stored: Stored = {
    ...rest,
    ...(pk !== `${prefix}${source}#${id}` && { id }),
    trail: [...byOrigin].map(([origin, fields]) => [origin, ...fields.map(([field]) => field)] as const),
  };
  // JSON escapes halves of surrogate pairs, which an attribute could not hold.
  return { record: text(JSON.stringify(stored)), settled: text(settledAt) };
}

/** The outcome that an item holds; `undefined` where there is none yet. Written by ourselves, so its shape is known. */
export function outcomeIn(item: Item | undefined, key?: EventKey): EventRecord | undefined {
  const { record, settled, pk } = item ?? {};
  if (record?.S === undefined) return undefined;
  const { id, trail, ...rest } = JSON.parse(record.S) as Stored;
  const [source = "", ...pieces] = (pk?.S ?? "").slice(prefix.length).split("#");
  return {
    source: key?.source ?? source,
    id: key?.id ?? id ?? pieces.join("#"),
    ...rest,
    settledAt: settled?.S ?? "",
    trail: Object.fromEntries(trail.flatMap(([origin, ...fields]) => fields.map((field) => [field, origin]))),
  };
}
