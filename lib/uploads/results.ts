import { once } from "node:events";
import { PassThrough } from "node:stream";
import { csvRecord } from "#lib/formats/csv/write.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";

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

/** Why a file could not be read. Codes and places, no values. */
export interface FileProblem {
  readonly reason: string;
  readonly path?: string;
  readonly hint?: string;
}

interface Counts {
  readonly rows: number;
  readonly accepted: number;
  readonly alreadyDone: number;
  readonly rejected: number;
}

/** What became of some rows, one after the other, ready to be put together. */
export interface RowResults extends Counts {
  /** How many rows each reason was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines of `accepted.ndjson`, in UTF-8. */
  readonly acceptedLines: Uint8Array;
  /** Records of `rejected.csv`, in UTF-8. */
  readonly rejectedRecords: Uint8Array;
}

/** What became of a file. Counts, codes and names of columns; no values. */
export interface ImportSummary extends Counts {
  readonly import: string;
  readonly kind: "users" | "otp";
  readonly object: { readonly key: string; readonly versionId?: string };
  /** `finished`, or `refused` when the file as a whole could not be read to its end; `problem` says why. */
  readonly state: "finished" | "refused";
  readonly problem?: FileProblem;
  /** How it was read: format, encoding, delimiter. */
  readonly details: Readonly<Record<string, string>>;
  /** Columns that nothing was made of. */
  readonly unusedColumns: readonly string[];
  /** How many rows each reason was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface ResultCollector {
  add(result: RowResult): void;
  /** How many were added. */
  readonly rows: number;
  /** Everything that was added. */
  all(): RowResults;
}

/** Keeps what becomes of the rows of a chunk, as it becomes known. */
export function collectResults(): ResultCollector {
  const counts = { rows: 0, accepted: 0, alreadyDone: 0, rejected: 0 };
  const reasons: Record<string, number> = {};
  const acceptedLines: string[] = [];
  const rejectedRecords: string[] = [];
  return {
    add({ row, outcome, original, reasons: given, notes, externalId }) {
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
        acceptedLines.push(`${JSON.stringify(line)}\n`);
        return;
      }
      counts.rejected += 1;
      for (const reason of given) addReasons(reasons, { [reason]: 1 });
      rejectedRecords.push(csvRecord([...original, String(row), given.join("; ")]));
    },
    get rows() {
      return counts.rows;
    },
    all: () => ({
      ...counts,
      reasons,
      acceptedLines: Buffer.from(acceptedLines.join("")),
      rejectedRecords: Buffer.from(rejectedRecords.join("")),
    }),
  };
}

function addReasons(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(more)) to[reason] = (to[reason] ?? 0) + count;
}

/**
 * Writes what became of the rows beside the upload, in bounded memory: `accepted.ndjson`, `rejected.csv` (the original
 * columns, then `row` and `reason`; mended, it can be uploaded again) and, last, `summary.json`: when it is there, everything
 * is. `summarize` is asked for the rest of the summary once all results have been seen.
 */
export async function writeResults(
  objects: ObjectStore,
  { bucket, folder, columns }: { bucket: string; folder: string; columns: readonly string[] },
  results: AsyncIterable<RowResults>,
  summarize: () => Omit<ImportSummary, keyof Counts | "reasons">,
): Promise<ImportSummary> {
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
  try {
    // Excel takes a CSV without this mark for the local code page.
    await rejected.write(`\uFEFF${csvRecord([...columns, "row", "reason"])}`);
    for await (const some of results) {
      for (const count of ["rows", "accepted", "alreadyDone", "rejected"] as const)
        counts[count] += some[count];
      addReasons(reasons, some.reasons);
      await accepted.write(some.acceptedLines);
      await rejected.write(some.rejectedRecords);
    }
    await Promise.all([accepted.end(), rejected.end()]);
  } catch (error) {
    await Promise.all([accepted.abandon(), rejected.abandon()]);
    throw error;
  }
  const summary: ImportSummary = { ...summarize(), ...counts, reasons };
  const file = openFile(objects, {
    bucket,
    key: `${folder}/summary.json`,
    contentType: "application/json",
  });
  await file.write(`${JSON.stringify(summary, undefined, 2)}\n`);
  await file.end();
  return summary;
}

interface OutputFile {
  write(text: string | Uint8Array): Promise<void>;
  end(): Promise<void>;
  /** Gives the file up; nothing of it appears. */
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
      if (text.length === 0) return;
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
