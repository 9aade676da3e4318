import type { FileKeys, OpenFile, ReadContext } from "#lib/formats/format.ts";

/** A file as formats get it, of a text that was decoded, in pieces of `length` UTF-16 units. */
export function textFile(
  written: string,
  { length = 65_536, encoding = "utf-8", why = "valid-utf-8" } = {},
): OpenFile {
  const bytes = Buffer.from(written);
  const text = written.replace(/^\ufeff/, "");
  return {
    name: "file",
    size: bytes.length,
    head: bytes.subarray(0, 65_536),
    async *bytes() {
      yield bytes;
    },
    text: {
      encoding,
      why,
      head: text.slice(0, 65_536),
      async *pieces() {
        for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
      },
    },
  };
}

export const context = (keys: FileKeys = {}): ReadContext => ({
  knows: () => false,
  lists: [],
  around: [],
  headerless: [],
  keys: () => Promise.resolve(keys),
});
