import type { ObjectStore } from "#lib/contract/objects.ts";
import { readTableOn } from "#lib/formats/detect.ts";
import type { Row } from "#lib/formats/format.ts";
import type { Chunk, ImportPlan } from "./import-plan.ts";
import type { Rest } from "./parts.ts";

/**
 * The rows of a chunk from `rest` on. Its bytes are read into memory first: a connection to the bucket would time out while
 * rows are delivered.
 */
export async function readChunk(
  plan: ImportPlan,
  chunk: number,
  { row, start }: Rest,
  objects: ObjectStore,
): Promise<AsyncIterable<Row>> {
  const { end, rows } = plan.chunks[chunk] as Chunk;
  const pieces = rows === 0 ? [] : await Array.fromAsync(await objects.read(plan.object, { start, end }));
  async function* bytes() {
    yield* pieces;
  }
  const table = readTableOn(plan, bytes(), { row, start });
  return rowsBefore(table.rows, plan.chunks[chunk + 1]?.start);
}

/** The rows that start before a byte: the bytes of a chunk may reach into the next chunk, whose rows are not its own. */
async function* rowsBefore(rows: AsyncIterable<Row>, byte = Number.POSITIVE_INFINITY): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (row.start >= byte) return;
    yield row;
  }
}

/** The rows that were not delivered yet. Rows that wait for their people are appended to `waiting` instead. */
export async function* rowsFrom(
  rows: AsyncIterable<Row>,
  { awaiting }: Rest,
  waiting: Row[],
): AsyncGenerator<Row> {
  const awaited = new Set(awaiting?.rows);
  for await (const row of rows) {
    if (awaiting === undefined || row.row >= awaiting.next) yield row;
    else if (awaited.has(row.row)) waiting.push(row);
  }
}

/** Groups of `size` items; the last one may be smaller. */
export async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
