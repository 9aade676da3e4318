import * as fc from "fast-check";
import type { Format, Row } from "#lib/formats/format.ts";

/** The sizes in bytes of the pieces in which a test reads a file. */
export const pieceSizes = [1, 7, 1000, 65536];

export function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) || cell === "" ? `"${cell.replaceAll('"', '""')}"` : cell;
}

export async function* pieces(content: string | Uint8Array, size = 65536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function readAll(format: Format, content: string | Uint8Array, size?: number) {
  const { rows, ...table } = await format.open(pieces(content, size));
  return { ...table, rows: await Array.fromAsync(rows) };
}

/** The line and the codes of the problems of each row. */
export const codes = (rows: readonly Row[]) =>
  rows.map(({ row, problems }) => [row, problems.map(({ code }) => code)]);

/** Ordinary text, and text that is hard to parse: quotes, delimiters, line ends, CJK, astral characters, accents. */
export const cell = fc
  .array(
    fc.constantFrom(
      "张",
      "𠮷",
      "👩‍👩‍👧",
      "é",
      "e\u0301",
      "ü",
      '"',
      '""',
      ",",
      ";",
      "\n",
      "\r\n",
      "\r",
      " ",
      "'",
      "a",
      "0",
      "\ufeff",
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));
