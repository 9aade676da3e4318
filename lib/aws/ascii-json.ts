/**
 * JSON in ASCII only. SQS refuses U+FFFE and U+FFFF, and half a surrogate pair does not survive UTF-8: escaped, every string of a
 * sender arrives unchanged.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    // Everything that is not printable ASCII, by UTF-16 unit.
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
