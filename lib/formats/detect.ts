import { InboundError } from "#lib/contract/errors.ts";
import type { Format, OpenFile } from "./format.ts";
import { formats } from "./registry.ts";

const asCsv = "save the sheet as CSV UTF-8 and upload that";
const unpackedFirst = "unpack it and upload the file inside";

/** Kinds of files that are recognised by their first bytes and refused. A longer beginning precedes its own prefix. */
const refusedBeginnings = [
  ["\x28\xb5\x2f\xfd", "file-is-zstandard", unpackedFirst],
  ["\xfd7zXZ\x00", "file-is-xz", unpackedFirst],
  ["BZh", "file-is-bzip2", unpackedFirst],
  ["7z\xbc\xaf\x27\x1c", "file-is-7z", unpackedFirst],
  ["Rar!", "file-is-rar", unpackedFirst],
  [
    "\xd0\xcf\x11\xe0",
    "file-is-xls-or-protected-xlsx",
    "open it in Excel, save it as .xlsx without a password, and upload that",
  ],
  ["PAR1", "file-is-parquet", "export it as CSV or NDJSON and upload that"],
  ["Obj\x01", "file-is-avro", "export it as CSV or NDJSON and upload that"],
  ["SQLite format 3", "file-is-sqlite", "export the table as CSV and upload that"],
  ["%PDF", "file-is-pdf", asCsv],
  ["\x03\xd9\xa2\x9a", "file-is-keepass", "export it as CSV in KeePassXC and upload that"],
  ["-----BEGIN PGP", "file-is-openpgp", "decrypt it and upload the file inside"],
  ["gAAAAA", "file-is-fernet", "decrypt it and upload what is inside"],
  ["\xff\xfe\x00\x00", "file-is-utf-32", "save it as UTF-8 and upload it again"],
  ["\x00\x00\xfe\xff", "file-is-utf-32", "save it as UTF-8 and upload it again"],
] as const satisfies readonly (readonly [beginning: string, reason: string, hint: string])[];

/** Kinds of text that are recognised by their beginning and refused, once no format has recognised them. */
const refusedTexts = [
  [/^\s*<(?:!doctype html|html)\b/i, "file-is-html", "export it as CSV or XLSX and upload that"],
  [/^\s*<[?!a-z]/i, "file-is-xml", "export it as CSV or NDJSON and upload that"],
  [/^\{\\rtf/, "file-is-rtf", asCsv],
  [/^BEGIN:VCARD/i, "file-is-vcard", "export the people as CSV and upload that"],
  [/^(?:#.*\n)*(?:dn: |version: 1\n)/i, "file-is-ldif", "export the directory as CSV and upload that"],
] as const satisfies readonly (readonly [RegExp, string, string])[];

/**
 * The format of a file, by its content; its name decides only where the content fits several.
 *
 * @throws InboundError `malformed`, reason `file-…` and a hint, for a file in a format that is not read.
 */
export function detectFormat(file: OpenFile): Format {
  const beginning = Buffer.from(file.head.subarray(0, 64)).toString("latin1");
  for (const [bytes, reason, hint] of refusedBeginnings) {
    if (beginning.startsWith(bytes)) throw refusal(reason, hint);
  }
  const format = formats.find((candidate) => candidate.recognizes(file));
  if (format && !format.readsAnyText) return format;
  for (const [pattern, reason, hint] of refusedTexts)
    if (file.text && pattern.test(file.text.head)) throw refusal(reason, hint);
  if (format) return format;
  if (beginning.startsWith("PK"))
    throw refusal("file-is-zip", "upload the file inside, or a workbook as .xlsx");
  if (!file.text) throw refusal("file-is-binary", `upload ${knownNames()}`);
  throw refusal("file-format-unknown", `upload ${knownNames()}`);
}

const knownNames = () =>
  `a file such as ${formats
    .flatMap(({ extensions }) => extensions.slice(0, 1))
    .map((ending) => `.${ending}`)
    .join(", ")}`;

function refusal(reason: string, hint: string): InboundError {
  return new InboundError("malformed", reason, { hint });
}
