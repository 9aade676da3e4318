import type { Encoding } from "#lib/contract/encodings.ts";
import type { InboundError } from "#lib/contract/errors.ts";
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
 * Opens an uploaded file: container, text, format, layout.
 *
 * @throws InboundError `malformed` or `oversized`, with a hint, for a file that cannot be read.
 */
export async function readUpload(
  file: FileSource,
  kind: UploadKindName,
  settings: ReadSettings,
): Promise<ReadUpload> {
  const { encoding, delimiter, sheet, keys } = settings;
  const context = readContext(kind, settings);
  const opened = await openFile(file, { ...(encoding && { encoding }), knows: context.knows });
  const table = await detectFormat(opened).open(opened, {
    ...context,
    keys,
    ...(delimiter !== undefined && { delimiter }),
    ...(sheet !== undefined && { sheet }),
  });
  const { first, rows } = await withFirst(table.rows);
  const layout = findLayout({
    // Rejected rows that are uploaded again are of the same product.
    columns: table.columns && withoutOwnColumns(table.columns),
    values: first?.values,
    ...(table.list !== undefined && { list: table.list }),
  });
  return { ...table, rows, ...(layout && { layout: layout.name }) };
}

/** The first row that can be read, of those that are at the beginning, and all rows. */
async function withFirst(
  rows: AsyncIterable<Row>,
): Promise<{ first: Row | undefined; rows: AsyncIterable<Row> }> {
  const iterator = rows[Symbol.asyncIterator]();
  const seen: Row[] = [];
  let first: Row | undefined;
  while (!first && seen.length < lookedAt) {
    const next = await iterator.next();
    if (next.done) break;
    seen.push(next.value);
    if (next.value.values) first = next.value;
  }
  async function* all(): AsyncGenerator<Row, void> {
    try {
      yield* seen;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { first, rows: all() };
}

/** How many rows at the beginning may be unreadable before the layout is decided without one. */
const lookedAt = 20;

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
