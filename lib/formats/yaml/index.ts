import { InboundError } from "#lib/contract/errors.ts";
import type { FileText, Format, OpenFile, Row } from "#lib/formats/format.ts";
import { rowOfValue } from "#lib/formats/json-record.ts";
import { holdsMore, listMissing, listPlaces, type ListPlace } from "#lib/formats/list-paths.ts";

/**
 * UTF-16 units, some 4,500 of Authelia's configurations. The parser holds the whole document, at up to 160 bytes for each of them (a list of
 * `a:,`), and a function has 512 MB.
 */
const maxLength = 1024 * 1024;

/**
 * A YAML document that holds a list of records, as Authelia exports its TOTP configurations. Every value is a text as it is written, or null: no
 * number loses its zeros. Aliases are refused, since a few of them can stand for more than any memory holds.
 */
const yaml: Format = {
  name: "yaml",
  title: "YAML document (.yaml, .yml)",
  extensions: ["yaml", "yml"],
  recognizes,
  async open(file, context) {
    const text = file.text as FileText;
    // The parser is loaded when a file needs it.
    const { parseYaml } = await import("./parse.ts");
    const lists = [...listsIn(parseYaml(await wholeText(text)), listPlaces(context.lists), "")];
    const found =
      lists.find(({ values, mayHoldMore }) => !mayHoldMore && values.some(isObject)) ??
      lists.find(({ values }) => values.some(isObject)) ??
      lists[0];
    if (found === undefined) throw listMissing(context.lists);
    return {
      details: { format: "yaml", encoding: text.encoding },
      columns: undefined,
      list: found.list,
      rows: rowsOf(lists.filter(({ list }) => list === found.list)),
    };
  },
};
export default yaml;

/** By its name or not, a document begins with a key or an item of a list; without the name the next line is inside of it. */
function recognizes({ name, text }: OpenFile): boolean {
  if (text === undefined) return false;
  const lines = text.head.split("\n").filter((line) => !/^(?:---)?[ \t\r]*$|^[ \t]*#/.test(line));
  const [first = "", second = ""] = lines;
  if (/\.ya?ml$/.test(name)) return /^(?:- |["'\w][^:]*:(?:[ \t\r]|$)|[[{])/.test(first);
  return /^\w+:[ \t\r]*$/.test(first) && /^ *- \w+:(?:[ \t\r]|$)/.test(second);
}

async function wholeText(text: FileText): Promise<string> {
  let whole = "";
  for await (const piece of text.pieces()) {
    whole += piece;
    if (whole.length > maxLength) {
      throw new InboundError("oversized", "yaml-too-long", {
        hint: `export it as CSV, or split the list: at most ${maxLength} characters`,
      });
    }
  }
  return whole;
}

/** A list of records. */
interface Found {
  readonly list: string;
  /** How a row names it. */
  readonly name: string;
  readonly values: readonly unknown[];
  readonly mayHoldMore: boolean;
}

function* listsIn(value: unknown, place: ListPlace, name: string): Generator<Found, void> {
  if (Array.isArray(value)) {
    if (place.list !== undefined) {
      yield { list: place.list, name, values: value, mayHoldMore: holdsMore(place) };
    }
    if (place.element === undefined) return;
    for (const [index, item] of value.entries()) yield* listsIn(item, place.element, `${name}[${index}]`);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inner = place.names.get(key);
      if (inner !== undefined) yield* listsIn(item, inner, name === "" ? key : `${name}.${key}`);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function* rowsOf(lists: readonly Found[]): AsyncGenerator<Row, void> {
  for (const { name, values } of lists) {
    for (const [index, value] of values.entries()) yield rowOfValue(`${name}[${index}]`, value);
  }
}
