import type { Encoding } from "#lib/contract/encodings.ts";
import { decodeHead } from "./decode.ts";
import { isForeign } from "./decoder.ts";

/**
 * Writes text as bytes of an encoding. A character that the encoding lacks becomes `?`: text that was read in the same encoding has none.
 * A file in UTF-16, and one in UTF-8 for Excel, begins with U+FEFF as part of its text.
 */
export function encoderOf(encoding: Encoding): (text: string) => Uint8Array {
  if (encoding === "utf-8") return (text) => Buffer.from(text);
  if (encoding === "utf-16le") return (text) => Buffer.from(text.toWellFormed(), "utf16le");
  if (encoding === "utf-16be") return (text) => Buffer.from(text.toWellFormed(), "utf16le").swap16();
  return (text) => encodeByTable(text, encoding);
}

const questionMark = 0x3f;

function encodeByTable(text: string, encoding: Encoding): Uint8Array {
  const table = tableOf(encoding);
  const bytes = Buffer.allocUnsafe(text.length * 4);
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) as number;
    let written = (point <= 0xffff ? table[point] : encoding === "gb18030" && gb18030Beyond(point)) || 0;
    if (point > 0xffff) at += 1;
    // No character but U+0000 is written as the byte 0.
    if (written === 0 && point !== 0) written = questionMark;
    if (written > 0xff_ffff) bytes[end++] = written >>> 24;
    if (written > 0xffff) bytes[end++] = written >>> 16;
    if (written > 0xff) bytes[end++] = written >>> 8;
    bytes[end++] = written;
  }
  return bytes.subarray(0, end);
}

/** Beyond U+FFFF, the four bytes of GB18030 count code points from 90 30 81 30 on. */
function gb18030Beyond(point: number): number {
  const pointer = point - 0x1_0000;
  const first = 0x90 + Math.floor(pointer / 12_600);
  const second = 0x30 + (Math.floor(pointer / 1_260) % 10);
  const third = 0x81 + (Math.floor(pointer / 10) % 126);
  const fourth = 0x30 + (pointer % 10);
  return ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
}

const tables = new Map<Encoding, Uint32Array>();

/**
 * UTF-16 unit → its bytes as one number, made once from the decoder, so that both agree. A character with several sequences of bytes
 * gets two bytes where it can, as the Encoding Standard does for € in GB18030.
 */
function tableOf(encoding: Encoding): Uint32Array {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const table = new Uint32Array(0x1_0000);
  if (encoding === "gb18030") {
    const digits = range(0x30, 0x39);
    addSequences(table, encoding, [range(0x81, 0x84), digits, range(0x81, 0xfe), digits]);
    // It is also the decoder's sign of an error, which is no character.
    table[replacement.charCodeAt(0)] = 0x8431_a437;
  }
  const upper = range(0x80, 0xff);
  if (encoding === "euc-jp") addSequences(table, encoding, [[0x8f], upper, upper]);
  addSequences(table, encoding, [range(0x00, 0xff)]);
  table[lineFeed] = lineFeed;
  if (encoding !== "windows-1252") addSequences(table, encoding, [upper, range(0x40, 0xff)]);
  tables.set(encoding, table);
  return table;
}

const replacement = "\uFFFD";
const lineFeed = 0x0a;

/** Adds all characters whose bytes are one of each list: they are decoded at once, a line each. */
function addSequences(table: Uint32Array, encoding: Encoding, lists: readonly (readonly number[])[]): void {
  let sequences: number[][] = [[]];
  for (const list of lists) sequences = sequences.flatMap((begun) => list.map((byte) => [...begun, byte]));
  const bytes = sequences.filter(([first]) => first !== lineFeed);
  const characters = decodeHead(Uint8Array.from(bytes.flatMap((some) => [...some, lineFeed])), encoding);
  for (const [index, character] of characters.split("\n", bytes.length).entries()) {
    if (character.length !== 1 || character === replacement || isForeign(character, encoding)) continue;
    table[character.charCodeAt(0)] = (bytes[index] as number[]).reduce((sum, byte) => sum * 256 + byte);
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
