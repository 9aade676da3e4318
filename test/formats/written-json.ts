import * as fc from "../properties.ts";

/** A JSON value whose objects keep their members in order, and may have a key twice. */
export type Written =
  | string
  | number
  | boolean
  | null
  | readonly Written[]
  | { readonly members: readonly (readonly [string, Written])[] };

const text = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    ":",
    "a:b",
    '"',
    "\\",
    '":',
    "\\u003a",
    ",",
    "{}",
    "[",
    "",
    "张伟",
    "Zoë",
    "\ud83d",
    "\n",
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** JSON values, with keys that often come twice. */
export const json: fc.Arbitrary<Written> = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e15, min: -1e15 }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.record({ members: fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }) }),
  ),
})).value;

/** The same without a key twice, as JSON.parse gives it. */
export const plainJson: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 4 }).map(safe);

/** A value as text, with white space and escapes wherever JSON allows them. */
export function written(value: Written, choices: Iterator<number>): string {
  const choice = () => choices.next().value as number;
  const space = () => ["", "", "", " ", "\n", "\r\n\t"][choice() % 6] ?? "";
  const quoted = (content: string) =>
    `"${Array.from({ length: content.length }, (_, index) => {
      const unit = content.charAt(index);
      if (choice() % 4 === 0) return `\\u${content.charCodeAt(index).toString(16).padStart(4, "0")}`;
      return JSON.stringify(unit).slice(1, -1);
    }).join("")}"`;
  const print = (inner: Written): string => {
    if (typeof inner === "string") return quoted(inner);
    if (typeof inner !== "object" || inner === null) return JSON.stringify(inner);
    if ("members" in inner) {
      const members = inner.members.map(
        ([key, item]) => `${space()}${quoted(key)}${space()}:${space()}${print(item)}${space()}`,
      );
      return `{${members.join(",") || space()}}`;
    }
    return `[${inner.map((item) => `${space()}${print(item)}${space()}`).join(",") || space()}]`;
  };
  return print(value);
}

/** A value of JSON.parse, to be written. */
export function writtenOf(value: unknown): Written {
  if (Array.isArray(value)) return value.map(writtenOf);
  if (typeof value !== "object" || value === null) return value as Written;
  return { members: Object.entries(value).map(([key, inner]) => [key, writtenOf(inner)]) };
}

/** What a text of `written` says. JSON.parse is no oracle for keys with escapes: https://github.com/nodejs/node/issues/63785. */
export function valueOf(value: Written): unknown {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  if (!("members" in value)) return value;
  return Object.fromEntries(value.members.map(([key, inner]) => [key, valueOf(inner)]));
}

/** Numbers beyond the integers that a double holds become small: such a number is read as text. */
function safe(value: unknown): unknown {
  if (typeof value === "number") return Math.abs(value) > 2 ** 53 - 1 || Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(safe);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, safe(inner)]));
}
