import { jsonBytes } from "#lib/authing/json-bytes.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { maxRows, type Table } from "#lib/formats/format.ts";
import type { Chunk } from "./import-plan.ts";
import { rowLine } from "./stored-rows.ts";
import type { ObjectWriter } from "./write-object.ts";

/** When a chunk is full. Its last row may reach beyond `bytes`. */
export interface ChunkSize {
  readonly rows: number;
  readonly bytes: number;
}

/** How much text is collected before it is written, in UTF-16 units. */
const writtenAtOnce = 65_536;
const lineFeed = 10;

/**
 * Stores the rows of a table and groups them into chunks, in the order of the file. A table without rows gives one chunk without rows, so
 * that every import ends the same way.
 */
export async function storeAndCut(
  { rows, columns }: Pick<Table, "rows" | "columns">,
  target: ObjectWriter,
  size: ChunkSize,
): Promise<Chunk[]> {
  const chunks: { rows: number; start: number; end: number }[] = [];
  let count = 0;
  let stored = 0;
  let text = "";
  const store = async () => {
    const bytes = jsonBytes(text);
    text = "";
    for (let at = 0; at < bytes.length;) {
      const next = bytes.indexOf(lineFeed, at) + 1;
      const start = stored + at;
      const last = chunks.at(-1);
      if (last === undefined || last.rows >= size.rows || start - last.start >= size.bytes) {
        chunks.push({ rows: 1, start, end: stored + next });
      } else {
        last.rows += 1;
        last.end = stored + next;
      }
      at = next;
    }
    stored += bytes.length;
    await target.write(bytes);
  };
  for await (const row of rows) {
    count += 1;
    if (count > maxRows) {
      throw new InboundError("oversized", "too-many-rows", {
        path: row.place,
        hint: `split it: a file may have at most ${maxRows} rows`,
      });
    }
    text += rowLine(row, columns);
    if (text.length >= writtenAtOnce) await store();
  }
  await store();
  return chunks.length > 0 ? chunks : [{ rows: 0, start: 0, end: 0 }];
}
