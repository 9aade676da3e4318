import { InboundError } from "#lib/contract/errors.ts";
import { decode, isJsonObject, type JsonObject } from "./body.ts";

// The little of XML that WeCom writes, read by hand: forty lines, where a parser would bring the rest of XML along, and
// with it document types, entities that grow and files that are fetched. None of these is understood here.

/** More than a contact with every custom field has. */
const maximumElements = 2000;
const maximumDepth = 16;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** A declaration, a CDATA section, the start or end of an element without attributes, text. Everything else is refused. */
const token =
  /<\?xml [^<>]*\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([A-Za-z][\w.-]{0,63})\s*(\/?)>|([^<&]+)|&(lt|gt|amp|quot|apos);/y;

interface Element {
  readonly name: string;
  readonly children: Record<string, unknown>;
  text: string;
}

/**
 * What is in the root element of a document: elements by name, text as strings, elements of one name as a list. Throws
 * `InboundError` `malformed` for anything but nested elements, text, CDATA and the five entities that XML itself has.
 */
export function readXml(body: Uint8Array): JsonObject {
  const written = decode(body).trim();
  const document: Element = { name: "", children: {}, text: "" };
  const open: Element[] = [document];
  let elements = 0;
  let position = 0;
  while (position < written.length) {
    token.lastIndex = position;
    const match = token.exec(written);
    const [inner, outer] = [open.at(-1), open.at(-2)];
    if (!match || !inner) throw notXml();
    const [all, section, isEnd, name, isEmpty, text, entity] = match;
    if (name === undefined) {
      if (all.startsWith("<?") && position > 0) throw notXml();
      inner.text += section ?? text ?? (entity === undefined ? "" : (entities[entity] ?? ""));
    } else if (isEnd) {
      if (!outer || name !== inner.name || isEmpty) throw notXml();
      put(outer, name, contentOf(inner));
      open.pop();
    } else {
      elements += 1;
      if (elements > maximumElements) throw new InboundError("malformed", "body-too-large");
      if (open.length > maximumDepth) throw new InboundError("malformed", "body-too-deep");
      if (isEmpty) put(inner, name, "");
      else open.push({ name, children: {}, text: "" });
    }
    position += all.length;
  }
  const [root, ...others] = Object.values(document.children);
  if (open.length > 1 || others.length > 0 || contentOf(document) === "" || !isJsonObject(root))
    throw notXml();
  return root;
}

function put({ children }: Element, name: string, content: unknown): void {
  const known = Object.hasOwn(children, name) ? children[name] : undefined;
  children[name] = known === undefined ? content : [known, content].flat();
}

/** Text or elements: what has both is no document of a machine. */
function contentOf({ children, text }: Element): unknown {
  if (Object.keys(children).length === 0) return text;
  if (text.trim() !== "") throw notXml();
  return children;
}

function notXml(): InboundError {
  return new InboundError("malformed", "body-not-xml");
}
