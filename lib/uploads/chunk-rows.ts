import type { ObjectStore } from "#lib/contract/objects.ts";
import type { Chunk, ImportPlan } from "./import-plan.ts";
import type { Rest } from "./parts.ts";
import { storedRows, type StoredRow } from "./stored-rows.ts";

/**
 * The rows of a chunk from `rest` on. Its bytes are read into memory first: a connection to the bucket would time out while
 * rows are delivered.
 */
export async function readChunk(
  plan: ImportPlan,
  chunk: number,
  { start }: Rest,
  objects: ObjectStore,
): Promise<Iterable<StoredRow>> {
  const { end } = plan.chunks[chunk] as Chunk;
  if (start >= end) return [];
  const pieces = await Array.fromAsync(await objects.read(plan.stored, { start, end }));
  return storedRows(Buffer.concat(pieces), start, plan);
}

/** The rows that were not delivered yet. Rows that wait for their people are appended to `waiting` instead. */
export function* rowsFrom(
  rows: Iterable<StoredRow>,
  { awaiting }: Rest,
  waiting: StoredRow[],
): Generator<StoredRow> {
  const awaited = new Set(awaiting?.rows);
  for (const row of rows) {
    if (awaiting === undefined || row.start >= awaiting.next) yield row;
    else if (awaited.has(row.start)) waiting.push(row);
  }
}

/** Groups of `size` items; the last one may be smaller. */
export function* inGroups<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
