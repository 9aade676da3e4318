import { SaxesParser } from "saxes";
import { InboundError } from "#lib/contract/errors.ts";
import { maxRecordLength, type FileText } from "#lib/formats/format.ts";

/** An element of XML, by local names: files bind the namespaces of RFC 6030 and of its drafts to prefixes, or to none. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** The text directly in it. */
  readonly text: string;
  /** Where it begins, from 1 on. */
  readonly line: number;
}

interface OpenElement extends Element {
  readonly children: OpenElement[];
  text: string;
}

/** PSKC needs 8. */
const maxDepth = 32;
/** In one part of a container. A key has about 30. */
const maxElements = 10_000;
const onePackage = "export the file again, one KeyPackage for each token";
/** In UTF-16 units: how much is parsed before the limits are looked at. */
const chunkLength = 65_536;

/**
 * The root of a document without what is in it, then each element directly in it, as a whole, in bounded memory.
 *
 * @throws InboundError `malformed` with the line: `xml-malformed`, `xml-doctype` (by which entities could grow or files be fetched),
 *   `xml-too-deep`, `record-too-long`, `encoding-declared-differs`.
 */
export async function* partsOf(text: FileText): AsyncGenerator<Element, void> {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  const ready: Element[] = [];
  let [line, elements, mark] = [1, 0, 0];
  const refuse = (reason: Reason, hint: string) => {
    throw new InboundError("malformed", reason, { path: `line ${parser.line}`, hint });
  };

  parser.on("error", () => refuse("xml-malformed", "export the file again; it is damaged or cut off"));
  parser.on("doctype", () => refuse("xml-doctype", "remove the DOCTYPE"));
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !isRead(encoding, text)) {
      refuse("encoding-declared-differs", "say the encoding in uploads.encoding, or save the file as UTF-8");
    }
  });
  parser.on("opentagstart", () => {
    line = parser.line;
  });
  parser.on("opentag", ({ local, attributes }) => {
    elements += 1;
    if (open.length >= maxDepth || elements > maxElements) {
      refuse("xml-too-deep", `${onePackage}; at most ${maxDepth} levels and ${maxElements} elements in it`);
    }
    const values = Object.values(attributes).map(({ local: name, value }) => [name, value] as const);
    const element = { name: local, attributes: Object.fromEntries(values), children: [], text: "", line };
    open.at(-1)?.children.push(element);
    open.push(element);
    if (open.length === 1) {
      ready.push({ ...element });
      mark = parser.position;
    }
  });
  const addText = (more: string) => {
    const inner = open.at(-1);
    if (inner) inner.text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const closed = open.pop();
    if (open.length !== 1 || !closed) return;
    const [root] = open as [OpenElement];
    ready.push(closed);
    root.children.length = 0;
    root.text = "";
    elements = 0;
    mark = parser.position;
  });

  for await (const piece of text.pieces()) {
    for (let start = 0; start < piece.length; start += chunkLength) {
      parser.write(piece.slice(start, start + chunkLength));
      if (parser.position - mark > maxRecordLength) {
        refuse("record-too-long", `${onePackage}; at most ${maxRecordLength} characters in it`);
      }
      yield* ready.splice(0);
    }
  }
  parser.close();
  yield* ready.splice(0);
}

type Reason =
  | "xml-malformed"
  | "xml-doctype"
  | "xml-too-deep"
  | "record-too-long"
  | "encoding-declared-differs";

/**
 * Whether a text was read in the encoding that its document declares, or in one that leaves no doubt: programs write UTF-16 into
 * documents that they save as UTF-8.
 */
function isRead(declared: string, { encoding, why }: FileText): boolean {
  if (/^utf-?(?:8|16)/i.test(encoding) || why === "configured") return true;
  try {
    return new TextDecoder(declared).encoding === encoding;
  } catch {
    return false;
  }
}

/** The first element of this name directly in another one, at the end of a path of them. */
export function find(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text of an element, without surrounding white space; empty where there is none. */
export const textOf = (element: Element | undefined): string => element?.text.trim() ?? "";

/** Elements of which a second one beside the first would leave open which of them counts. */
const single = new Set(
  (
    "DeviceInfo SerialNo Manufacturer UserId AlgorithmParameters Usage Suite ResponseFormat Data Secret Counter Time TimeInterval " +
    "TimeDrift PlainValue EncryptedValue ValueMAC EncryptionMethod CipherData CipherValue KeyReference Policy PINPolicy StartDate " +
    "ExpiryDate DerivedKey KeyDerivationMethod PBKDF2-params Salt Specified IterationCount KeyLength PRF MACKey"
  ).split(" "),
);

/** Whether an element, or one in it, has two of what there can be only one of. */
export function isAmbiguous({ children }: Element): boolean {
  const names = children.map(({ name }) => name).filter((name) => single.has(name));
  return (
    new Set(names).size < names.length ||
    (names.includes("PlainValue") && names.includes("EncryptedValue")) ||
    children.some(isAmbiguous)
  );
}
