import type { OpenFile } from "./format.ts";

/**
 * How a file writes JSON: one `document`, or `lines` with an object each; `undefined` for no JSON. The content decides; the name does
 * where both are possible.
 */
export function jsonWriting({ name, text }: OpenFile): "document" | "lines" | undefined {
  if (text === undefined) return undefined;
  // What follows the bracket keeps a CSV out whose first column is called [name].
  if (/^[ \t\r\n]*\[[ \t\r\n]*(?:[[{\]"\d-]|true|false|null|$)/.test(text.head)) return "document";
  const lines = text.head.split("\n").filter((line) => !/^[ \t\r]*$/.test(line));
  const [first = "", second, ...others] = lines;
  if (/\.(?:ndjson|jsonl)$/.test(name)) {
    // A document over several lines may be called so, too; a damaged line among sound ones may be the first.
    const isDocument =
      beginsObject(first) && !isObject(first) && second !== undefined && !beginsObject(second);
    return isDocument ? "document" : lines.some(beginsObject) ? "lines" : undefined;
  }
  if (!beginsObject(first)) return undefined;
  if (second === undefined) return "document";
  const areLines = isObject(first)
    ? [second, ...others].some(beginsObject)
    : first.trimEnd().endsWith("}") && beginsObject(second);
  return areLines ? "lines" : "document";
}

function beginsObject(line: string): boolean {
  return /^[ \t\r]*\{[ \t\r]*(?:["}]|$)/.test(line);
}

function isObject(line: string): boolean {
  try {
    // What begins with a brace and is JSON is an object.
    JSON.parse(line);
    return beginsObject(line);
  } catch {
    return false;
  }
}
