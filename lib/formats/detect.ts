import { InboundError } from "#lib/contract/errors.ts";
import type { Format, Row, Table, TableHead } from "./format.ts";
import * as registry from "./registry.ts";

const formats: readonly Format[] = Object.values(registry);

/** How many bytes of a file its kind is detected by. */
const headBytes = 1024;

const asCsv = "save the sheet as CSV UTF-8 and upload that";
const unpacked = "unpack it and upload the file inside";
const asUtf8 = "save it as UTF-8 (in Excel: CSV UTF-8) and upload it again";
const asLines = "write one JSON object a line and name it .ndjson";

/** Kinds of files that are recognised by their first bytes and refused. A longer beginning precedes its own prefix. */
const refusedBeginnings = [
  ["\x1f\x8b", "file-is-gzip", unpacked],
  ["PK\x03\x04", "file-is-zip", unpacked],
  ["PK\x05\x06", "file-is-zip", unpacked],
  ["\x28\xb5\x2f\xfd", "file-is-zstandard", unpacked],
  ["\xfd7zXZ\x00", "file-is-xz", unpacked],
  ["BZh", "file-is-bzip2", unpacked],
  ["7z\xbc\xaf\x27\x1c", "file-is-7z", unpacked],
  ["\xd0\xcf\x11\xe0", "file-is-xls-or-protected-xlsx", asCsv],
  ["PAR1", "file-is-parquet", "export it as CSV or NDJSON and upload that"],
  ["%PDF", "file-is-pdf", asCsv],
  ["-----BEGIN PGP", "file-is-openpgp", "decrypt it and upload the file inside"],
  ["\xff\xfe\x00\x00", "file-is-utf-32", asUtf8],
  ["\x00\x00\xfe\xff", "file-is-utf-32", asUtf8],
  ["\xff\xfe", "file-is-utf-16", asUtf8],
  ["\xfe\xff", "file-is-utf-16", asUtf8],
] as const satisfies readonly (readonly [beginning: string, reason: string, hint: string])[];

/**
 * Opens an uploaded file in the format of its name, unless its first bytes contradict the name.
 *
 * @param name the object's key, or any name with an extension.
 * @throws InboundError `malformed`, reason `file-…` and a hint, for a file that is empty, contradicts its name, or has a format that we do not read.
 */
export async function openTable(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Table> {
  const pieces = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < headBytes) {
      const next = await pieces.next();
      if (next.done) break;
      seen.push(next.value);
      length += next.value.length;
    }
    const format = detect(name, Buffer.concat(seen).subarray(0, headBytes));
    return await format.open(followedBy(seen, pieces));
  } catch (error) {
    await pieces.return?.();
    throw error;
  }
}

/**
 * Reads on in the middle of a file that was opened before.
 *
 * @param bytes from the `start` of the row `from` on.
 */
export function readTableOn(
  head: TableHead,
  bytes: AsyncIterable<Uint8Array>,
  from: Pick<Row, "row" | "start">,
): Table {
  const format = formats.find(({ name }) => name === head.details["format"]);
  // The plan of an import states the format, and this bundle wrote it.
  if (!format) throw new TypeError("no such format");
  return { ...head, rows: format.readOn(bytes, head, from) };
}

/** The format of a file by its name. Throws `malformed` when its first bytes contradict the name. */
export function detect(name: string, head: Uint8Array): Format {
  const extension = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (head.length === 0) throw refusal("file-is-empty", "upload a file with at least one row");

  const binary = Buffer.from(head).toString("latin1");
  const refused = refusedBeginnings.find(([beginning]) => binary.startsWith(beginning));
  if (refused?.[1] === "file-is-zip" && /^xls[xm]$/.test(extension)) throw refusal("file-is-xlsx", asCsv);
  if (refused) throw refusal(refused[1], refused[2]);
  if (binary.includes("\0")) throw refusal("file-is-binary", asUtf8);

  const text = binary.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<[?!a-z]/i.test(text)) throw refusal("file-is-xml", "export it as CSV or NDJSON and upload that");
  if (/^\[\s*[{\]]/.test(text) || extension === "json") throw refusal("file-is-json-document", asLines);

  const format = formats.find(({ extensions }) => extensions.includes(extension));
  if (!format) {
    const known = formats.flatMap(({ extensions }) => extensions.map((ending) => `.${ending}`));
    throw refusal("file-extension-unknown", `name it ${known.join(", ")}`);
  }
  if (format.name !== "json-lines" && /^\{\s*"/.test(text)) throw refusal("file-is-json-lines", asLines);
  return format;
}

function refusal(reason: string, hint: string): InboundError {
  return new InboundError("malformed", reason, { hint });
}

async function* followedBy(
  seen: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* seen;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
