import type { ObjectStore } from "#lib/contract/objects.ts";
import { folderOf, readObject, type Chunk, type ImportPlan } from "./import.ts";
import type { FileProblem, RowResults } from "./results.ts";

/** What one run made of a chunk, or of the rows of it that it had time for. Written once, never changed. */
export interface Part {
  readonly results: RowResults;
  readonly unusedColumns: readonly string[];
  /** Why the rest of the chunk could not be read. */
  readonly problem?: FileProblem;
  /** The rows that the next part is about, where there is one. */
  readonly rest?: Rest;
}

/** Where to read on. */
export interface Rest extends Pick<Chunk, "row" | "start"> {
  /** Secrets whose people were not there yet, by their lines; they stand before the line of the next row. */
  readonly awaiting?: { readonly rows: readonly number[]; readonly next: number };
}

/** The first line of a part's object. The lines for `accepted.ndjson` follow, then the records for `rejected.csv`, as they are. */
type Head = Omit<Part, "results"> & {
  readonly results: Omit<RowResults, "acceptedLines" | "rejectedRecords">;
  readonly acceptedBytes: number;
};

const lineFeed = 10;

export const partKey = (id: string, chunk: number, part: number): string =>
  `${folderOf(id)}/parts/${chunk}.${part}`;

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
  const bytes = await readObject(objects, plan.object.bucket, partKey(plan.import, chunk, number));
  if (!bytes) return undefined;
  const start = bytes.indexOf(lineFeed) + 1;
  const { results, acceptedBytes, ...part } = JSON.parse(bytes.toString("utf8", 0, start)) as Head;
  // Not decoded: where a million results are put together, nobody reads them.
  const acceptedLines = bytes.subarray(start, start + acceptedBytes);
  const rejectedRecords = bytes.subarray(start + acceptedBytes);
  return { ...part, results: { ...results, acceptedLines, rejectedRecords } };
}
