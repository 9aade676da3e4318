import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder } from "./import-id.ts";
import type { ImportPlan } from "./import-plan.ts";
import type { FileProblem } from "./result-files.ts";
import type { ToldColumns } from "./told-columns.ts";
import type { PreviewState } from "./preview-state.ts";
import type { RowResults, RowTotals } from "./row-results.ts";
import type { SampleRow } from "./sample.ts";

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

/** A part that is read. Its results are read on from where its first line ends: in this order, and each once. */
export interface StoredPart extends Omit<Part, "results"> {
  readonly results: StoredResults;
}

/** Results as they come: joining a million of them needs no decoding, and no part of them is in memory as a whole. */
export interface StoredResults extends RowTotals {
  readonly acceptedLines: AsyncIterable<Uint8Array>;
  readonly rejectedRecords: AsyncIterable<Uint8Array>;
}

/**
 * The parts of a chunk in their order: to the last one, or as far as they are there. The results of a part are there until the next one is
 * asked for.
 */
export async function* partsOf(
  objects: ObjectStore,
  plan: ImportPlan,
  chunk: number,
): AsyncGenerator<StoredPart, void> {
  for (let number = 0; ; number += 1) {
    const bytes = await openPart(objects, plan, chunk, number);
    if (!bytes) return;
    try {
      const { results, acceptedBytes, ...part } = JSON.parse((await bytes.line()).toString()) as Head;
      const acceptedLines = bytes.next(acceptedBytes);
      const rejectedRecords = bytes.next(Number.POSITIVE_INFINITY);
      yield { ...part, results: { ...results, acceptedLines, rejectedRecords } };
      if (!part.rest) return;
    } finally {
      await bytes.close();
    }
  }
}

async function openPart(
  objects: ObjectStore,
  plan: ImportPlan,
  chunk: number,
  number: number,
): Promise<ByteReader | undefined> {
  const key = partKey(plan.import, chunk, number);
  try {
    const bytes = byteReader(await objects.read({ bucket: plan.object.bucket, key }));
    await bytes.begin();
    return bytes;
  } catch (error) {
    if (error instanceof InboundError && error.reason === "object-missing") return undefined;
    throw error;
  }
}

/** Reads an object from its beginning on. */
interface ByteReader {
  /** Resolves when its first bytes are there. */
  begin(): Promise<void>;
  /** The bytes to the next line feed, which is left out. */
  line(): Promise<Buffer>;
  /** The next bytes, so many or all that are left. */
  next(count: number): AsyncGenerator<Uint8Array, void>;
  close(): Promise<void>;
}

function byteReader(pieces: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = pieces[Symbol.asyncIterator]();
  let left: Uint8Array | undefined;
  /** What was not taken yet; `undefined` at the end. */
  const piece = async (): Promise<Uint8Array | undefined> => {
    while (left === undefined || left.length === 0) {
      const next = await iterator.next();
      if (next.done) return undefined;
      left = next.value;
    }
    return left;
  };
  return {
    async begin() {
      await piece();
    },
    async line() {
      const line: Uint8Array[] = [];
      for (let some = await piece(); some !== undefined; some = await piece()) {
        const end = some.indexOf(lineFeed);
        line.push(end === -1 ? some : some.subarray(0, end));
        left = end === -1 ? undefined : some.subarray(end + 1);
        if (end !== -1) break;
      }
      return Buffer.concat(line);
    },
    async *next(count) {
      let rest = count;
      while (rest > 0) {
        const some = await piece();
        if (some === undefined) return;
        const taken = some.subarray(0, Math.min(rest, some.length));
        left = some.subarray(taken.length);
        rest -= taken.length;
        yield taken;
      }
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** What a part of a preview hands on; `undefined` when the part is not there. */
export async function previewOfPart(
  objects: ObjectStore,
  plan: ImportPlan,
  [chunk, number]: readonly [chunk: number, number: number],
): Promise<PreviewState | undefined> {
  const bytes = await openPart(objects, plan, chunk, number);
  if (!bytes) return undefined;
  try {
    return (JSON.parse((await bytes.line()).toString()) as Head).preview;
  } finally {
    await bytes.close();
  }
}
