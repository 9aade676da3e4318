import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import type { FileSource } from "#lib/formats/file-source.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import { openFile } from "#lib/formats/open-file.ts";
import { detectFormat } from "#lib/formats/detect.ts";
import { readContext } from "#lib/layouts/find.ts";
import type { LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";
import { readUpload, type ReadSettings } from "#lib/uploads/read-upload.ts";

/** The sizes in bytes of the pieces in which a test reads a file. */
export const pieceSizes = [1, 7, 1000, 65_536];

export const layoutSettings: LayoutSettings = { columns: {}, fusionauthSecret: "base64" };

/** Keys of encrypted fixtures: the pre-shared key of RFC 6030's figure 6 and the password of its figure 7, and ours. */
const keys = async () =>
  JSON.parse(readFileSync(join(import.meta.dirname, "file-keys.json"), "utf8")) as Awaited<
    ReturnType<ReadSettings["keys"]>
  >;

export const readSettings: ReadSettings = { ...layoutSettings, keys };

/** A file in memory, in pieces of `size` bytes. */
export function memoryFile(name: string, content: string | Uint8Array, size = 65_536): FileSource {
  const bytes = Buffer.from(content);
  return {
    name,
    size: bytes.length,
    async *bytes(range) {
      const part = bytes.subarray(range?.start, range?.end);
      for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
    },
  };
}

/** A table with all its rows. */
export interface ReadTable extends Omit<Table, "rows" | "end"> {
  readonly rows: readonly Row[];
  readonly end: ReturnType<NonNullable<Table["end"]>> | undefined;
}

/** Reads a file by the format that its content shows. */
export async function readFormat(file: FileSource): Promise<ReadTable> {
  const context = { ...readContext("users", layoutSettings), keys };
  const opened = await openFile(file, context);
  return whole(await detectFormat(opened).open(opened, context));
}

/** Reads a file as an import does. */
export const readWhole = async (file: FileSource, kind: UploadKindName = "users") => {
  const upload = await readUpload(file, kind, readSettings);
  return { layout: upload.layout, ...(await whole(upload)) };
};

async function whole({ rows, end, ...table }: Table): Promise<ReadTable> {
  return { ...table, rows: await Array.fromAsync(rows), end: end?.() };
}

/** What reading gives, or the refusal. Anything else that is thrown is a defect, and is thrown on. */
export async function readOrRefusal<Given>(reading: Promise<Given>): Promise<Given | InboundError> {
  return reading.catch((error: unknown) => {
    if (error instanceof InboundError) return error;
    throw error;
  });
}

/** The files of `lib/<room>/<folder>/fixtures`, without goldens. */
export function fixturesOf(
  room: string,
  folder: string,
): { readonly path: string; readonly bytes: Buffer }[] {
  const place = join("lib", room, folder, "fixtures");
  const names = statSync(place, { throwIfNoEntry: false }) ? readdirSync(place) : [];
  return names
    .filter((name) => !/\.(?:rows|users|otp|entries)\.json$/.test(name))
    .toSorted()
    .map((name) => ({ path: join(place, name), bytes: readFileSync(join(place, name)) }));
}

export const foldersOf = (room: string): string[] =>
  readdirSync(join("lib", room), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

/** A golden file's text. */
export const golden = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
