import { transcode } from "node:buffer";

let utf16 = Buffer.alloc(0);

/**
 * The UTF-8 of JSON, which has no lone surrogates. Node encodes a string with anything beyond Latin-1 character by
 * character; `transcode` does it in blocks, in a third of the time for fifty people.
 */
export function jsonBytes(json: string): Buffer {
  if (json.length < 4096) return Buffer.from(json);
  if (utf16.length < json.length * 2) utf16 = Buffer.allocUnsafeSlow(json.length * 2);
  return transcode(utf16.subarray(0, utf16.write(json, "utf16le")), "utf16le", "utf8");
}
