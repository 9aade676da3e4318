import type { Encoding } from "#lib/contract/encodings.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import { detectFormat } from "#lib/formats/detect.ts";
import type { FileSource } from "#lib/formats/file-source.ts";
import type { FileKeys, Row, Table } from "#lib/formats/format.ts";
import { openFile } from "#lib/formats/open-file.ts";
import { findLayout, readContext } from "#lib/layouts/find.ts";
import type { LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";
import { withoutOwnColumns } from "./rejected-file.ts";
import { withinSizeLimit } from "./upload-size.ts";

/** What the configuration says of how files are read. */
export interface ReadSettings extends LayoutSettings {
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  readonly sheet?: string;
  /** Keys and passwords of encrypted files. Throws `misconfigured` where there is no secret of them. */
  keys(): Promise<FileKeys>;
}

/** A file whose beginning has been read, and the layout that it is in. */
export interface ReadUpload extends Table {
  /** The name of its layout; absent: names of columns say what they mean. */
  readonly layout?: string;
}

/**
 * Opens an uploaded file: container, text, format, layout. With `trustsBeginning` a file may be taken for UTF-8 that is not
 * (`lib/formats/open-file.ts`).
 *
 * @throws InboundError `malformed` or `oversized`, with a hint, for a file that cannot be read.
 */
export async function readUpload(
  file: FileSource,
  kind: UploadKindName,
  settings: ReadSettings,
  { trustsBeginning = false }: { readonly trustsBeginning?: boolean } = {},
): Promise<ReadUpload> {
  const { encoding, delimiter, sheet, keys } = settings;
  const context = readContext(kind, settings);
  const opened = await openFile(file, {
    ...(encoding && { encoding }),
    trustsBeginning,
    knows: context.knows,
  });
  const table = await detectFormat(opened).open(opened, {
    ...context,
    keys: () => keysOf(keys),
    ...(delimiter !== undefined && { delimiter }),
    ...(sheet !== undefined && { sheet }),
  });
  const { records, rows } = await withFirst(table.rows);
  const layout = findLayout(
    {
      format: table.details.format,
      // Rejected rows that are uploaded again are of the same product.
      columns: table.columns && withoutOwnColumns(table.columns),
      records,
      ...(table.list !== undefined && { list: table.list }),
    },
    settings,
  );
  const { around } = table;
  const into = around && layout?.around?.into;
  return {
    ...table,
    rows: into ? withAround(rows, (values) => into(values, around)) : rows,
    ...(layout && { layout: layout.name }),
  };
}

/**
 * Keys of encrypted files. A file waits for no secret that is to be written: the person who uploaded it is told at once, and uploads it again.
 */
async function keysOf(read: ReadSettings["keys"]): Promise<FileKeys> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InboundError) || error.code !== "misconfigured") throw error;
    throw new InboundError("malformed", "uploads-secret-unusable", {
      path: `secret uploads: ${error.reason}`,
      hint: "put the key into pskcKeys, or the password into pskcPassword, of the secret uploads, and upload the file again",
    });
  }
}

async function* withAround(
  rows: AsyncIterable<Row>,
  into: (values: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): AsyncGenerator<Row, void> {
  for await (const row of rows) yield row.values ? { ...row, values: into(row.values) } : row;
}

/** How many rows at the beginning are looked at, and how many of them that can be read, to find the layout. */
const lookedAt = { rows: 100, records: 20 };
/** Of long records fewer are looked at, in UTF-16 units. */
const lookedAtLength = 1_048_576;

/** The first records that can be read, and all rows. */
async function withFirst(
  rows: AsyncIterable<Row>,
): Promise<{ records: Readonly<Record<string, unknown>>[]; rows: AsyncIterable<Row> }> {
  const iterator = rows[Symbol.asyncIterator]();
  const seen: Row[] = [];
  const records: Readonly<Record<string, unknown>>[] = [];
  let length = 0;
  while (
    records.length < lookedAt.records &&
    seen.length < lookedAt.rows &&
    (length < lookedAtLength || records.length === 0)
  ) {
    const next = await iterator.next();
    if (next.done) break;
    const row = next.value;
    seen.push(row);
    length += row.original.reduce((sum, cell) => sum + cell.length, 0);
    if (row.values) records.push(row.values);
  }
  return { records, rows: withSeen(seen, iterator) };
}

/** The rows that were seen, and those that follow. A generator would take three turns of the event loop's queue for each of them. */
function withSeen(seen: readonly Row[], iterator: AsyncIterator<Row, void>): AsyncIterable<Row> {
  let index = 0;
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        const row = seen[index];
        if (row === undefined) return iterator.next();
        index += 1;
        return Promise.resolve({ done: false, value: row });
      },
      async return() {
        await iterator.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** An object of the bucket as a file that is read any number of times. Its bytes are counted where the notification states no size. */
export async function objectFile(object: ObjectReference, objects: ObjectStore): Promise<FileSource> {
  async function* bytes(range?: { start: number; end: number }): AsyncGenerator<Uint8Array, void> {
    // S3 answers an empty range with an error.
    if (range && range.end <= range.start) return;
    yield* withinSizeLimit(await objects.read(object, range));
  }
  let { size } = object;
  if (size === undefined) {
    size = 0;
    for await (const piece of bytes()) size += piece.length;
  }
  return { name: object.key, size, bytes };
}

/** What is said of a file that is refused: codes and places, no values. */
export function problemOf({ reason, path, hint }: InboundError): {
  reason: string;
  path?: string;
  hint?: string;
} {
  return { reason, ...(path !== undefined && { path }), ...(hint !== undefined && { hint }) };
}
