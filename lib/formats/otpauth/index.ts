import { columns } from "./columns.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { maxCellLength, type FileText, type Format, type Row, type TableEnd } from "#lib/formats/format.ts";
import { migrationUri, readMigration, type MigrationKey } from "#lib/formats/otpauth-migration.ts";
import { otpauthUri } from "#lib/formats/otpauth-uri.ts";

type Column = (typeof columns)[number];

/** Of exports in several parts: each part is remembered until the end of the file. An authenticator makes one of ten keys. */
const maxParts = 10_000;
/** URIs of codes that are made in a vendor's own way: Mobile-OTP, Steam, Microsoft's phone calls. */
const otherKinds = /^(?:motp|steam|phonefactor):\/\//i;

/**
 * Key URIs, one a line: `otpauth://…`, or `otpauth-migration://…` as Google Authenticator exports them, which hold several keys each.
 * Blank lines and lines that begin with `#` are skipped.
 *
 * A row of an `otpauth://` URI has the URI alone, one of an export has the key's fields. An export of which a part is not in the file
 * ends in a row that says so.
 */
const otpauth: Format = {
  name: "otpauth",
  title: "List of otpauth:// addresses",
  extensions: ["otpauth", "uri", "uris"],
  recognizes: ({ text }) => otpauthUri.test(text?.head.split(lineEnd).find((line) => !isSkipped(line)) ?? ""),
  open(file) {
    const text = file.text as FileText;
    const exports: Exports = { byName: new Map(), parts: 0 };
    return Promise.resolve({
      details: { format: "otpauth", encoding: text.encoding },
      columns,
      rows: rowsOf(text.pieces(), exports),
      end: () => endOf(exports),
    });
  },
};
export default otpauth;

/** An export of which at least one part is in the file. */
interface Export {
  /** Of the first of its parts. */
  readonly line: number;
  readonly size: number;
  readonly found: Set<number>;
}

interface Exports {
  readonly byName: Map<string, Export>;
  /** Of all of them. */
  parts: number;
}

const lineEnd = /\r\n|[\n\r]/;

function isSkipped(line: string): boolean {
  const text = line.trimStart();
  return text === "" || text.startsWith("#");
}

async function* rowsOf(pieces: AsyncGenerator<string, void>, exports: Exports): AsyncGenerator<Row, void> {
  let number = 0;
  for await (const lines of linesOf(pieces)) {
    for (const line of lines) {
      number += 1;
      if (!isSkipped(line)) yield* rowsOfLine(line, number, exports);
    }
  }
  for (const { line, size, found } of exports.byName.values()) {
    if (found.size < size) yield refused(`line ${line}, other parts`, "migration-part-missing");
  }
}

function* rowsOfLine(line: string, number: number, exports: Exports): Generator<Row, void> {
  const place = `line ${number}`;
  if (line.length > maxCellLength) {
    yield refused(place, "uri-invalid", line);
  } else if (migrationUri.test(line)) {
    const part = readMigration(line);
    if (part) remember(exports, part, number);
    const keys = part?.keys ?? [];
    if (keys.length === 0) yield refused(place, "migration-invalid", line);
    for (const [index, key] of keys.entries()) {
      const ofKey = `${place}, key ${index + 1}`;
      yield key ? accepted(ofKey, key) : refused(ofKey, "migration-invalid");
    }
  } else if (otpauthUri.test(line)) {
    yield accepted(place, { uri: line.trim() });
  } else {
    yield refused(place, otherKinds.test(line.trimStart()) ? "type-unsupported" : "uri-invalid", line);
  }
}

function remember(
  exports: Exports,
  { batch, size, index }: { batch: string; size: number; index: number },
  line: number,
): void {
  if (size === 1) return;
  const name = `${batch} ${size}`;
  const known = exports.byName.get(name) ?? { line, size, found: new Set() };
  exports.byName.set(name, known);
  if (!known.found.has(index)) exports.parts += 1;
  known.found.add(index);
  if (exports.parts > maxParts) {
    throw new InboundError("oversized", "migration-parts-too-many", {
      path: `line ${line}`,
      hint: `split the file: at most ${maxParts} parts of exports`,
    });
  }
}

function endOf({ byName }: Exports): TableEnd {
  const missing = [...byName.values()].reduce((sum, { size, found }) => sum + size - found.size, 0);
  return missing === 0 ? {} : { details: { migrationPartsMissing: String(missing) } };
}

function accepted(place: string, cells: MigrationKey | { readonly uri: string }): Row {
  const read: Partial<Record<Column, string>> = cells;
  const values = Object.fromEntries(columns.map((column) => [column, read[column] ?? ""]));
  return { place, values, original: Object.values(values), problems: [] };
}

function refused(
  place: string,
  code: "uri-invalid" | "migration-invalid" | "migration-part-missing" | "type-unsupported",
  line = "",
): Row {
  const original = columns.map((column) => (column === "uri" ? line.trim() : ""));
  return { place, values: undefined, original, problems: [{ code }] };
}

/** The lines that end in each piece. Of one that is longer than a cell may be, no more than its beginning is kept. */
async function* linesOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<readonly string[], void> {
  let rest = "";
  for await (const piece of pieces) {
    const text = rest + piece;
    // The piece may end between the two characters of a line's end.
    const held = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, held).split(lineEnd);
    const last = lines.pop() as string;
    rest = last.slice(0, maxCellLength + 1) + text.slice(held);
    yield lines;
  }
  if (rest !== "") yield [rest];
}
