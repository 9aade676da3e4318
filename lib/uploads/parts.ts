import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder } from "./import-id.ts";
import type { ImportPlan } from "./import-plan.ts";
import type { FileProblem } from "./result-files.ts";
import type { ToldColumns } from "./told-columns.ts";
import type { PreviewState } from "./preview-state.ts";
import type { RowResults } from "./row-results.ts";
import type { SampleRow } from "./sample.ts";
import { readStored } from "./stored-objects.ts";

/**
 * The results of one invocation for a chunk, or for those of its rows that it had time for. Stored at
 * `results/<import>/parts/<chunk>.<part>`; the parts of a chunk follow each other, and the last one has no `rest`.
 */
export interface Part {
  readonly results: RowResults;
  readonly columns: ToldColumns;
  /** Why the rest of the chunk could not be read. */
  readonly problem?: FileProblem;
  /** Where the next part begins. */
  readonly rest?: Rest;
  /** Of a preview: what the next part goes on with. */
  readonly preview?: PreviewState;
  /** Of a preview: the first rows of the file, in their order. */
  readonly sample?: readonly SampleRow[];
}

/** The first row of a chunk that is not decided yet: where its line begins among the stored rows. */
export interface Rest {
  readonly start: number;
  /**
   * Rows with TOTP secrets whose people were not in Authing yet, by where they begin. `next` is where the first row begins that was not
   * delivered at all; all of `rows` are before it.
   */
  readonly awaiting?: { readonly rows: readonly number[]; readonly next: number };
}

/** The first line of a part's object. The lines for `accepted.ndjson` follow it, then the records for the file of rejected rows. */
type Head = Omit<Part, "results"> & {
  readonly results: Omit<RowResults, "acceptedLines" | "rejectedRecords">;
  readonly acceptedBytes: number;
};

const lineFeed = 10;

export const partKey = (id: string, chunk: number, part: number): string =>
  `${importFolder(id)}/parts/${chunk}.${part}`;

export async function writePart(
  objects: ObjectStore,
  plan: ImportPlan,
  [chunk, number]: readonly [chunk: number, number: number],
  { results, ...part }: Part,
): Promise<void> {
  const { acceptedLines, rejectedRecords, ...counts } = results;
  const head: Head = { ...part, results: counts, acceptedBytes: acceptedLines.length };
  async function* bytes() {
    yield Buffer.from(`${JSON.stringify(head)}\n`);
    yield acceptedLines;
    yield rejectedRecords;
  }
  const key = partKey(plan.import, chunk, number);
  await objects.write({ bucket: plan.object.bucket, key, contentType: "application/octet-stream" }, bytes());
}

/** A part of a chunk; `undefined` when it is not there. */
export async function readPart(
  objects: ObjectStore,
  plan: ImportPlan,
  chunk: number,
  number: number,
): Promise<Part | undefined> {
  const bytes = await readStored(objects, plan.object.bucket, partKey(plan.import, chunk, number));
  if (!bytes) return undefined;
  const start = bytes.indexOf(lineFeed) + 1;
  const { results, acceptedBytes, ...part } = JSON.parse(bytes.toString("utf8", 0, start)) as Head;
  // Results stay bytes: joining a million of them needs no decoding.
  const acceptedLines = bytes.subarray(start, start + acceptedBytes);
  const rejectedRecords = bytes.subarray(start + acceptedBytes);
  return { ...part, results: { ...results, acceptedLines, rejectedRecords } };
}

/** The parts of a chunk in their order: to the last one, or as far as they are there. */
export async function* partsOf(
  objects: ObjectStore,
  plan: ImportPlan,
  chunk: number,
): AsyncGenerator<Part, void> {
  for (let number = 0; ; number += 1) {
    const part = await readPart(objects, plan, chunk, number);
    if (part) yield part;
    if (!part?.rest) return;
  }
}
