import { crc32, deflateRawSync } from "node:zlib";
import type { OpenFile, ReadContext, Row, Table } from "#lib/formats/format.ts";
import xlsx from "#lib/formats/xlsx/index.ts";

// Workbooks whose XML a test writes by hand, and how tests read any.

/** Writes a zip. An entry may lie about its size and checksum. */
export function zip(
  entries: readonly {
    name: string;
    content: string | Uint8Array;
    isStored?: boolean;
    flags?: number;
    size?: number;
    checksum?: number;
  }[],
): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isStored = false, flags = 0x800, ...told } of entries) {
    const bytes = Buffer.from(content);
    const packed = isStored ? bytes : deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(isStored ? 0 : 8, 4);
    fields.writeUInt32LE(told.checksum ?? crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(told.size ?? bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    list.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, rest, Buffer.from(name));
    files.push(local);
    offset += local.length;
  }
  const listBytes = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, listBytes, Buffer.from("PK\x05\x06"), end]);
}

/** XML of a cell of text, and of a row that says neither its number nor where its cells are. */
export const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
export const row = (...cells: readonly string[]): string => `<row>${cells.join("")}</row>`;
export const header: string = row(inline("id"), inline("x"));

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relationships = (all: readonly (readonly [id: string, type: string, target: string])[]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

/** The parts of a workbook with one sheet, `Leute`. */
export function parts({
  rows,
  before = "",
  after = "",
  strings = [],
  formats = [],
  date1904 = false,
}: {
  /** XML of `row` elements. */
  rows: string;
  /** XML in front of the rows, and after them. */
  before?: string;
  after?: string;
  /** XML of `si` elements. */
  strings?: readonly string[];
  /** Format codes, or numbers of built-in ones; the first is style 1. */
  formats?: readonly (string | number)[];
  date1904?: boolean;
}): Record<string, string> {
  const custom = formats.flatMap((code, at) =>
    typeof code === "number"
      ? []
      : [`<numFmt numFmtId="${200 + at}" formatCode="${code.replaceAll('"', "&quot;")}"/>`],
  );
  const styles = formats.map((code, at) => `<xf numFmtId="${typeof code === "number" ? code : 200 + at}"/>`);
  return {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": relationships([["rId1", "officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr date1904="${date1904 ? 1 : 0}"/><sheets><sheet name="Leute" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships([
      ["rId1", "worksheet", "worksheets/sheet1.xml"],
      ["rId2", "sharedStrings", "sharedStrings.xml"],
      ["rId3", "styles", "/xl/styles.xml"],
    ]),
    "xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${main}">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`,
    "xl/sharedStrings.xml": `<sst xmlns="${main}">${strings.map((si) => `<si>${si}</si>`).join("")}</sst>`,
    "xl/styles.xml": `<styleSheet xmlns="${main}"><numFmts>${custom.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${styles.join("")}</cellXfs></styleSheet>`,
  };
}

/** A zip that is not packed, so that its bytes are those of the parts. */
export const storedZipOf = (all: Readonly<Record<string, string | Uint8Array>>): Buffer =>
  zip(Object.entries(all).map(([name, content]) => ({ name, content, isStored: true })));

export const zipOf = (all: Readonly<Record<string, string | Uint8Array>>): Buffer =>
  zip(Object.entries(all).map(([name, content]) => ({ name, content })));

/** A file in memory, as the pipeline opens it, in pieces of `size` bytes. */
export function openFile(bytes: Uint8Array, { name = "people.xlsx", size = 65_536 } = {}): OpenFile {
  return {
    name,
    size: bytes.length,
    head: bytes.subarray(0, 65_536),
    async *bytes({ start, end } = { start: 0, end: bytes.length }) {
      for (let at = start; at < end; at += size) yield bytes.subarray(at, Math.min(at + size, end));
    },
  };
}

const known = new Set(["工号", "姓名", "邮箱", "手机号", "id", "email", "生日"]);

const context: ReadContext = {
  knows: (name) => known.has(name),
  lists: [],
  around: [],
  headerless: [],
  keys: () => Promise.reject(new Error("no keys are needed")),
};

/** Reads a whole workbook. */
export async function readAll(
  bytes: Uint8Array,
  { sheet, size, name }: { sheet?: string; size?: number; name?: string } = {},
): Promise<{ table: Table; rows: Row[] }> {
  const file = openFile(bytes, { ...(size && { size }), ...(name && { name }) });
  const table = await xlsx.open(file, { ...context, ...(sheet !== undefined && { sheet }) });
  const rows: Row[] = [];
  for await (const row of table.rows) rows.push(row);
  return { table, rows };
}
