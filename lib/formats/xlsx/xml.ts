import { TextDecoder } from "node:util";
import { SaxesParser } from "saxes";
import { damaged, tooLarge } from "./refusals.ts";

/** What is read of an element; elements that are not named are skipped with all that is in them. */
export interface XmlElement {
  /** Attributes by their name as written, e.g. `r:id`. */
  open?(attributes: Readonly<Record<string, string>>): void;
  /** A part of its own text. */
  text?(text: string): void;
  close?(): void;
  /** By local name: the namespace of Strict Open XML differs, and so do prefixes. */
  readonly children?: XmlElements;
}
export type XmlElements = Readonly<Record<string, XmlElement>>;

const maxDepth = 100;
/** The longest tag, text or comment, in UTF-16 units: 32 times the longest cell of Excel. */
const maxTokenLength = 1_048_576;
const maxListItems = 100_000;

/**
 * Reads a part strictly, piece by piece, and yields after each, so that what was read can be passed on. UTF-8 or UTF-16, the
 * encodings that a part may have (ECMA-376 part 2, 6.2.5); no document type, so no entities but those of XML itself.
 *
 * @param roots the element that the part must be.
 * @param path what a refusal calls the place that is being read.
 * @throws InboundError `malformed` `workbook-damaged`, `oversized`.
 */
export async function* readXml(
  pieces: AsyncIterable<Uint8Array>,
  roots: XmlElements,
  path: () => string,
): AsyncGenerator<void, void> {
  /** The elements that are open; `undefined` for those that are skipped. */
  const open: (XmlElement | undefined)[] = [];
  let unitsSinceEvent = 0;
  const parser = new SaxesParser({ position: false, xmlns: false });
  // saxes' own map inherits from Object, so that it would know &constructor;
  parser.ENTITIES = Object.assign(Object.create(null), { amp: "&", gt: ">", lt: "<", quot: '"', apos: "'" });
  parser.on("doctype", () => {
    throw damaged(path());
  });
  parser.on("opentag", ({ name, attributes }) => {
    unitsSinceEvent = 0;
    if (open.length === maxDepth) throw damaged(path());
    const among = open.length === 0 ? roots : open[open.length - 1]?.children;
    const local = name.includes(":") ? name.slice(name.indexOf(":") + 1) : name;
    const element = among && Object.hasOwn(among, local) ? among[local] : undefined;
    if (open.length === 0 && !element) throw damaged(path());
    open.push(element);
    element?.open?.(attributes);
  });
  parser.on("closetag", () => {
    unitsSinceEvent = 0;
    open.pop()?.close?.();
  });
  const text = (text: string) => {
    unitsSinceEvent = 0;
    open[open.length - 1]?.text?.(text);
  };
  parser.on("text", text);
  parser.on("cdata", text);
  const skip = () => {
    unitsSinceEvent = 0;
  };
  parser.on("comment", skip);
  parser.on("processinginstruction", skip);

  /** saxes throws plain errors. */
  const parse = (write: () => void) => {
    try {
      write();
    } catch (error) {
      throw error instanceof Error && error.name === "Error" ? damaged(path()) : error;
    }
  };
  for await (const part of decoded(pieces, path)) {
    unitsSinceEvent += part.length;
    parse(() => parser.write(part));
    if (unitsSinceEvent > maxTokenLength) throw tooLarge(path(), "1 MiB for one text");
    yield;
  }
  parse(() => parser.close());
  yield;
}

/** Reads a small part whole. */
export async function readWholeXml(
  pieces: AsyncIterable<Uint8Array>,
  roots: XmlElements,
  path: string,
): Promise<void> {
  const reading = readXml(pieces, roots, () => path);
  while (!(await reading.next()).done);
}

/** Adds to a list that a hostile part could fill without end. */
export function add<Item>(list: Item[], item: Item, path: string): void {
  if (list.length === maxListItems) throw tooLarge(path, `${maxListItems} items`);
  list.push(item);
}

async function* decoded(pieces: AsyncIterable<Uint8Array>, path: () => string): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder?.decode(piece, { stream: piece !== undefined }) ?? "";
    } catch {
      throw damaged(path());
    }
  };
  // The encoding is told by the first two bytes.
  let beginning: Uint8Array = new Uint8Array();
  for await (const piece of pieces) {
    const bytes = decoder ? piece : Buffer.concat([beginning, piece]);
    if (!decoder && bytes.length < 2) {
      beginning = bytes;
      continue;
    }
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    const text = decode(bytes);
    if (text !== "") yield text;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}

function encodingOf(beginning: Uint8Array): string {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
