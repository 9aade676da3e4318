import { once } from "node:events";
import { PassThrough } from "node:stream";
import { csvRecord } from "#lib/formats/csv/write.ts";
import type { Outcome } from "#lib/pipeline/outcome.ts";
import type { ObjectStore } from "#lib/pipeline/ports.ts";

/** What became of one row. */
interface RowResult {
  /** The line it starts on. */
  readonly row: number;
  readonly outcome: Outcome;
  /** What was written in the file, secrets blanked. */
  readonly original: readonly string[];
  /** Every reason, as `column: code`, for a row that was rejected. */
  readonly reasons: readonly string[];
  /** What is worth telling about a row that was taken. */
  readonly notes: readonly string[];
  readonly externalId?: string;
}

/** What became of a file. Counts, codes and names of columns; no values. */
export interface ImportSummary {
  readonly import: string;
  readonly kind: "users" | "otp";
  readonly object: { readonly key: string; readonly versionId?: string };
  /** `finished`, or `refused` when the file as a whole could not be read to its end; `problem` says why. */
  readonly state: "finished" | "refused";
  readonly problem?: { readonly reason: string; readonly path?: string; readonly hint?: string };
  /** How it was read: format, encoding, delimiter. */
  readonly details: Readonly<Record<string, string>>;
  /** Columns that nothing was made of. */
  readonly unusedColumns: readonly string[];
  readonly rows: number;
  readonly accepted: number;
  readonly alreadyDone: number;
  readonly rejected: number;
  /** How many rows each reason was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface ResultWriter {
  write(result: RowResult): Promise<void>;
  /** Ends the files and writes the summary, last: when it is there, everything is. */
  finish(
    summary: Omit<ImportSummary, "rows" | "accepted" | "alreadyDone" | "rejected" | "reasons">,
  ): Promise<ImportSummary>;
  /** Gives the files up; nothing of them appears. */
  abandon(): Promise<void>;
}

/**
 * Writes what became of each row beside the upload, as it becomes known, in bounded memory: `accepted.ndjson`,
 * `rejected.csv` (the original columns, then `row` and `reason`; mended, it can be uploaded again) and `summary.json`.
 */
export function resultWriter(
  objects: ObjectStore,
  { bucket, folder, columns }: { bucket: string; folder: string; columns: readonly string[] },
): ResultWriter {
  const accepted = openFile(objects, {
    bucket,
    key: `${folder}/accepted.ndjson`,
    contentType: "application/x-ndjson",
  });
  const rejected = openFile(objects, {
    bucket,
    key: `${folder}/rejected.csv`,
    contentType: "text/csv; charset=utf-8",
  });
  const counts = { rows: 0, accepted: 0, alreadyDone: 0, rejected: 0 };
  const reasons: Record<string, number> = {};
  // Excel takes a CSV without this mark for the local code page.
  const header = rejected.write(`\uFEFF${csvRecord([...columns, "row", "reason"])}`);

  return {
    async write({ row, outcome, original, reasons: given, notes, externalId }) {
      counts.rows += 1;
      if (outcome.kind === "accepted" || outcome.kind === "already-done") {
        counts[outcome.kind === "accepted" ? "accepted" : "alreadyDone"] += 1;
        const { kind, ...more } = outcome;
        const line = {
          row,
          outcome: kind,
          ...(externalId !== undefined && { externalId }),
          ...more,
          ...(notes.length > 0 && { notes }),
        };
        return accepted.write(`${JSON.stringify(line)}\n`);
      }
      counts.rejected += 1;
      for (const reason of given) reasons[reason] = (reasons[reason] ?? 0) + 1;
      await header;
      await rejected.write(csvRecord([...original, String(row), given.join("; ")]));
    },
    async finish(summary) {
      await header;
      await Promise.all([accepted.end(), rejected.end()]);
      const whole: ImportSummary = { ...summary, ...counts, reasons };
      const file = openFile(objects, {
        bucket,
        key: `${folder}/summary.json`,
        contentType: "application/json",
      });
      await file.write(`${JSON.stringify(whole, undefined, 2)}\n`);
      await file.end();
      return whole;
    },
    async abandon() {
      await Promise.all([accepted.abandon(), rejected.abandon()]);
    },
  };
}

interface OutputFile {
  write(text: string): Promise<void>;
  end(): Promise<void>;
  abandon(): Promise<void>;
}

function openFile(
  objects: ObjectStore,
  target: { bucket: string; key: string; contentType: string },
): OutputFile {
  const stream = new PassThrough();
  const written = objects.write(target, stream);
  // Whoever waits for the next write or the end gets the error.
  written.catch((error: Error) => stream.destroy(error));
  stream.on("error", () => {});
  return {
    async write(text) {
      if (stream.errored) throw stream.errored;
      if (!stream.write(text)) await once(stream, "drain");
    },
    async end() {
      stream.end();
      await written;
    },
    async abandon() {
      stream.destroy(new Error("abandoned"));
      await written.catch(() => {});
    },
  };
}
