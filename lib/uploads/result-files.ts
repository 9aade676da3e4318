import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { csvRecord } from "#lib/formats/csv/write.ts";
import { addReasons, type RowCounts, type RowResults } from "./row-results.ts";
import type { UploadKindName } from "./rows/registry.ts";

/** Why a file could not be read to its end. Codes and places, no values. */
export interface FileProblem {
  readonly reason: string;
  readonly path?: string;
  readonly hint?: string;
}

/** What became of a file. Holds counts, codes and names of columns; no values. */
export interface ImportSummary extends RowCounts {
  readonly import: string;
  readonly kind: UploadKindName;
  /** The source whose people the file brings. Absent: they belong to no source. */
  readonly source?: string;
  readonly object: { readonly key: string; readonly versionId?: string };
  /** `refused` when the file could not be read to its end; `problem` says why. */
  readonly state: "finished" | "refused";
  readonly problem?: FileProblem;
  /** How the file was read: format, encoding, delimiter. */
  readonly details: Readonly<Record<string, string>>;
  /** Columns that are no field of ours. */
  readonly unusedColumns: readonly string[];
  /** Reason → how many rows it was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/**
 * Writes the results of a file, in bounded memory: `accepted.ndjson`, `rejected.csv` (the original columns, then `row` and
 * `reason`; corrected, it can be uploaded again) and `summary.json`. The summary is written last: once it is there, the other
 * two are complete.
 *
 * @param summarize gives the rest of the summary; called after the last result was read.
 */
export async function writeResults(
  objects: ObjectStore,
  { bucket, folder, columns }: { bucket: string; folder: string; columns: readonly string[] },
  results: AsyncIterable<RowResults>,
  summarize: () => Omit<ImportSummary, keyof RowCounts | "reasons">,
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
    // Without this byte order mark Excel reads a CSV in the code page of the computer.
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
  /** Gives the file up: it is not created. */
  abandon(): Promise<void>;
}

function openFile(
  objects: ObjectStore,
  target: { bucket: string; key: string; contentType: string },
): OutputFile {
  const stream = new PassThrough();
  const written = objects.write(target, stream);
  // The next `write` or `end` throws the error.
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
