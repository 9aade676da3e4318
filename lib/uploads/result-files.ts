import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { Table, TableDetails } from "#lib/formats/format.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";
import type { ReasonExample } from "#lib/report/examples.ts";
import { importPage } from "#lib/report/static-page.ts";
import type { Estimate } from "./estimate.ts";
import type { FollowedPreview } from "./import-plan.ts";
import type { RejectedFile } from "./rejected-file.ts";
import type { StoredResults } from "./parts.ts";
import { addCounts, addExamples, addRows, noCounts, type RowCounts } from "./row-results.ts";
import type { Differences } from "./differences.ts";
import type { SampleRow } from "./sample.ts";
import type { SettingsPrint } from "./settings-print.ts";
import { openObject } from "./write-object.ts";

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
  readonly object: Omit<ObjectReference, "bucket">;
  /** `refused` when the file could not be read to its end; `problem` says why. `previewed`: nothing was written at Authing. */
  readonly state: "finished" | "previewed" | "refused";
  readonly problem?: FileProblem;
  /** How the file was read: format, encoding and why, delimiter, layout. */
  readonly details: TableDetails;
  /** Our field → the column or path that it was read from, in the first rows. */
  readonly mapping: Readonly<Record<string, string>>;
  /** What was decided about columns, as `column: code`. */
  readonly columnNotes: readonly string[];
  /** Columns that are no field of ours. */
  readonly unusedColumns: readonly string[];
  /** Reason → how many entries it was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Note → how many accepted entries have it. */
  readonly notes: Readonly<Record<string, number>>;
  /** Of a preview: what carrying it out takes, at least. */
  readonly estimate?: Estimate;
  /** Of a preview: the settings that it went by. */
  readonly settings?: SettingsPrint;
  /** Of a preview: rows depend on each other, so that their order counts: several have the same identifier, or take one that another gives up. */
  readonly isOrdered?: true;
  /** Of a preview: there are more such identifiers than can be followed from one part of the file to the next. */
  readonly isRough?: true;
  /** Of an import that carried a preview out: what the preview foretold. */
  readonly preview?: FollowedPreview;
  /** What came out otherwise than foretold, and why; absent where nothing did. */
  readonly differsFromPreview?: Differences;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface ResultsTarget {
  readonly bucket: string;
  readonly folder: string;
  readonly file: RejectedFile;
  readonly columns: Table["columns"];
}

/**
 * Writes the results of a file, in bounded memory: `accepted.ndjson`, the file of rejected rows (the original columns, then `row` and
 * `reason`; corrected, it can be uploaded again), `report.html` and `summary.json`. The summary is written last: once it is there, the
 * others are complete.
 *
 * @param summarize gives the rest of the summary; called after the last result was read.
 */
export async function writeResults(
  objects: ObjectStore,
  { bucket, folder, file, columns }: ResultsTarget,
  results: AsyncIterable<StoredResults>,
  summarize: (
    counts: RowCounts,
    reasons: Readonly<Record<string, number>>,
  ) => Omit<ImportSummary, keyof RowCounts | "reasons" | "notes"> & {
    readonly sample?: readonly SampleRow[];
  },
): Promise<ImportSummary> {
  const open = (name: string, contentType: string) =>
    openObject(objects, { bucket, key: `${folder}/${name}`, contentType });
  const accepted = open("accepted.ndjson", "application/x-ndjson");
  const rejected = open(file.name, file.contentType);
  const counts = noCounts();
  const reasons: Record<string, number> = {};
  const notes: Record<string, number> = {};
  const examples: Record<string, ReasonExample[]> = {};
  try {
    await rejected.write(file.beginning());
    for await (const some of results) {
      addRows(counts, some);
      addCounts(reasons, some.reasons);
      addCounts(notes, some.notes);
      addExamples(examples, some.examples);
      for await (const piece of some.acceptedLines) await accepted.write(piece);
      for await (const piece of some.rejectedRecords) await rejected.write(piece);
    }
    await Promise.all([accepted.end(), rejected.end()]);
  } catch (error) {
    await Promise.all([accepted.abandon(), rejected.abandon()]);
    throw error;
  }
  const { sample, ...rest } = summarize(counts, reasons);
  const summary: ImportSummary = { ...rest, ...counts, reasons, notes };
  const write = async (name: string, contentType: string, text: string) => {
    const written = open(name, contentType);
    await written.write(text);
    await written.end();
  };
  if (sample) await write("sample.json", "application/json", `${JSON.stringify(sample, undefined, 2)}\n`);
  await write("report.html", "text/html; charset=utf-8", importPage(summary, { columns, examples }));
  await write("summary.json", "application/json", `${JSON.stringify(summary, undefined, 2)}\n`);
  return summary;
}
