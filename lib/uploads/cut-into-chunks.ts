import type { Row } from "#lib/formats/format.ts";
import type { Chunk } from "./import-plan.ts";

/** When a chunk is full. Its last row may reach beyond `bytes`. */
export interface ChunkSize {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Groups the rows of a table into chunks, in the order of the file. A table without rows gives one chunk without rows, so
 * that every import ends the same way.
 */
export async function cutIntoChunks(rows: AsyncIterable<Row>, size: ChunkSize): Promise<Chunk[]> {
  const chunks: { row: number; rows: number; start: number; end: number }[] = [];
  for await (const { row, start, end } of rows) {
    const last = chunks.at(-1);
    if (last === undefined || last.rows >= size.rows || start - last.start >= size.bytes) {
      chunks.push({ row, rows: 1, start, end });
    } else {
      last.rows += 1;
      // A row with a misplaced quote may need bytes beyond those of the rows after it.
      last.end = Math.max(last.end, end);
    }
  }
  return chunks.length > 0 ? chunks : [{ row: 1, rows: 0, start: 0, end: 0 }];
}
