import type { OpenFile, ReadContext } from "#lib/formats/format.ts";

/** A text as an open file whose text comes in pieces of this length. */
export function textFile(text: string, name = "people.json", pieceLength = 65_536): OpenFile {
  return {
    name,
    size: Buffer.byteLength(text),
    head: Buffer.from(text).subarray(0, 65_536),
    bytes: () => {
      throw new TypeError("read as text");
    },
    text: {
      encoding: "utf-8",
      why: "valid-utf-8",
      head: text.slice(0, 65_536),
      async *pieces() {
        for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength);
      },
    },
  };
}

/** A context that knows these lists and columns. */
export function readContext(lists: readonly string[] = [], columns: readonly string[] = []): ReadContext {
  return {
    knows: (name) => columns.includes(name),
    lists,
    around: [],
    headerless: [],
    keys: () => Promise.resolve({}),
  };
}
