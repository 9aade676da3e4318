import type { ObjectStore } from "#lib/contract/objects.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { importFolder } from "#lib/uploads/import-id.ts";
import { readStored, writeJson } from "#lib/uploads/stored-objects.ts";
import { openObject } from "#lib/uploads/write-object.ts";
import type { UndoImportRequest, UndoneRow } from "./undo.ts";

/** What became of an import that was taken back. Stored at `results/<import>/undo.json`; the rows are in `undo.ndjson`. */
export interface UndoSummary {
  readonly import: string;
  readonly deletes: boolean;
  readonly reversed: number;
  readonly kept: number;
  readonly failed: number;
  readonly held: number;
  /** Reason → rows. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly finishedAt: string;
}

interface Place {
  readonly objects: ObjectStore;
  readonly bucket: string;
}

/** The rows of one call. */
interface Piece {
  readonly rows: readonly UndoneRow[];
  readonly next?: number;
}

const pieceKey = (id: string, after: number) => `${importFolder(id)}/undo/${after}.json`;

export async function writePiece(
  { objects, bucket }: Place,
  { import: id, after }: UndoImportRequest,
  rows: readonly UndoneRow[],
  next: number | undefined,
): Promise<void> {
  const piece: Piece = { rows, ...(next !== undefined && { next }) };
  await writeJson(objects, bucket, pieceKey(id, after), piece);
}

/** Joins the pieces from the first one on, the summary last, and deletes them. */
export async function joinPieces(
  { objects, bucket }: Place,
  { import: id, deletes }: UndoImportRequest,
  finishedAt: string,
): Promise<UndoSummary> {
  const folder = importFolder(id);
  const counts = { reversed: 0, kept: 0, failed: 0, held: 0 };
  const reasons: Record<string, number> = {};
  const target = openObject(objects, {
    bucket,
    key: `${folder}/undo.ndjson`,
    contentType: "application/x-ndjson",
  });
  const keys: string[] = [];
  try {
    for (let after: number | undefined = 0; after !== undefined;) {
      const key = pieceKey(id, after);
      const bytes = await readStored(objects, bucket, key);
      if (!bytes) throw new InboundError("unavailable", "part-missing", { hint: "begin the undoing again" });
      const { rows, next } = JSON.parse(bytes.toString()) as Piece;
      for (const row of rows) {
        counts[row.outcome] += 1;
        if (row.reason !== undefined) reasons[row.reason] = (reasons[row.reason] ?? 0) + 1;
      }
      await target.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      keys.push(key);
      after = next;
    }
    await target.end();
  } catch (error) {
    await target.abandon();
    throw error;
  }
  const summary: UndoSummary = { import: id, deletes, ...counts, reasons, finishedAt };
  await writeJson(objects, bucket, `${folder}/undo.json`, summary);
  for (const key of keys) await objects.remove({ bucket, key });
  return summary;
}
