import * as fc from "../properties.ts";
import type { Input } from "./input.ts";

// Random changes of an input: bytes flipped, cut, spliced, repeated; numbers at limits; other encodings; marks of syntax in wrong places.

const maxBytes = 2_000_000;

const numbers = [
  "0",
  "-0",
  "-1",
  "1e400",
  "1e-400",
  "NaN",
  "9007199254740993",
  "-9223372036854775809",
  "18446744073709551616",
  "2147483648",
  "0x10",
  "00",
  "1.",
  ".5",
  "99999999999999999999999999999",
  "253402300800000",
  "-62135596800001",
];
const marks = [
  "\u0000",
  "\ufeff",
  "\ufffd",
  "\ud83d",
  "\u202e",
  "\u200b",
  "\r",
  "\n",
  "\r\n",
  '"',
  "'",
  ",",
  ";",
  "\t",
  "{",
  "}",
  "[",
  "]",
  "null",
  "[]",
  "{}",
  "__proto__",
  "constructor",
  "<![CDATA[",
  "]]>",
  "<!DOCTYPE x [",
  "&x;",
  "&#0;",
  "%00",
  "%",
  "=",
  "==",
  "张三",
  "é",
  "\\u0000",
  "\\ud800",
  "---\n",
  "*a",
  "&a",
];
const encodings = ["utf16le", "latin1"] as const;

type Change = (bytes: Buffer, others: readonly Buffer[]) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (share: number, bytes: Buffer) => Math.floor(share * (bytes.length + 1));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(([where, byte]): Change => (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at(where, copy) % copy.length] = byte;
    return copy;
  }),
  fc.tuple(place, fc.nat(7)).map(([where, bit]): Change => (bytes) => {
    const copy = Buffer.from(bytes);
    const index = at(where, copy) % Math.max(1, copy.length);
    if (copy.length > 0) copy[index] = (copy[index] ?? 0) ^ (1 << bit);
    return copy;
  }),
  fc.tuple(place, place).map(([from, to]): Change => (bytes) => {
    const [start = 0, end = 0] = [at(from, bytes), at(to, bytes)].toSorted((one, other) => one - other);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  place.map(
    (where): Change =>
      (bytes) =>
        bytes.subarray(0, at(where, bytes)),
  ),
  fc.tuple(place, place, place, fc.nat()).map(([where, from, to, which]): Change => (bytes, others) => {
    const other = others[which % others.length] ?? bytes;
    const [start = 0, end = 0] = [at(from, other), at(to, other)].toSorted((one, other) => one - other);
    const middle = at(where, bytes);
    return Buffer.concat([bytes.subarray(0, middle), other.subarray(start, end), bytes.subarray(middle)]);
  }),
  fc
    .tuple(place, fc.integer({ min: 1, max: 64 }), fc.constantFrom(2, 50, 3_000, 100_000))
    .map(([where, length, times]): Change => (bytes) => {
      const start = at(where, bytes);
      const piece = bytes.subarray(start, start + length);
      const most =
        piece.length === 0 ? 0 : Math.min(times, Math.floor((maxBytes - bytes.length) / piece.length));
      const repeated = Buffer.concat(Array.from({ length: Math.max(0, most) }, () => piece));
      return Buffer.concat([bytes.subarray(0, start), repeated, bytes.subarray(start)]);
    }),
  fc.tuple(fc.nat(), fc.constantFrom(...numbers)).map(([which, number]): Change => (bytes) => {
    const text = bytes.toString("latin1");
    const found = [...text.matchAll(/\d+/g)];
    const chosen = found[which % Math.max(1, found.length)];
    if (!chosen) return bytes;
    const end = chosen.index + chosen[0].length;
    return Buffer.from(text.slice(0, chosen.index) + number + text.slice(end), "latin1");
  }),
  fc.tuple(place, fc.constantFrom(...marks)).map(([where, mark]): Change => (bytes) => {
    const middle = at(where, bytes);
    return Buffer.concat([bytes.subarray(0, middle), Buffer.from(mark), bytes.subarray(middle)]);
  }),
  fc.constantFrom(...encodings).map(
    (encoding): Change =>
      (bytes) =>
        Buffer.from(bytes.toString(), encoding),
  ),
);

/** Inputs made of the seeds of one format or source, the same ones for the same seed. */
export function mutated(seeds: readonly Input[], count: number, seed: number): Input[] {
  const plan = fc.tuple(fc.nat(), fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 6 }));
  return fc.sample(plan, { numRuns: count, seed }).flatMap(([which, changes]) => {
    const start = seeds[which % seeds.length];
    if (!start) return [];
    const parts: Record<string, Uint8Array> = { ...start.parts };
    const names = Object.keys(parts);
    for (const [part, apply] of changes) {
      const name = names[part % names.length] ?? "body";
      const others = seeds.flatMap((each) => (each.parts[name] ? [Buffer.from(each.parts[name])] : []));
      parts[name] = apply(Buffer.from(parts[name] ?? []), others);
    }
    return [{ ...start, parts }];
  });
}
