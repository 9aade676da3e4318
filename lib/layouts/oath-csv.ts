import type { Read } from "#lib/fields/read.ts";
import { factor, type Part } from "./product.ts";
import { inside, textOf } from "./record.ts";

// The CSV without a header that privacyIDEA and LinOTP import: `serial, key, type, digits, time step or counter, hash`, the key in hexadecimal.

/** Whether a cell is a key of at least 80 bits. */
export const isHexKey = (cell: string): boolean => cell.length % 2 === 0 && /^[0-9a-f]{20,256}$/i.test(cell);

/** Whether the cells of a record are a token, its type included: without it nothing tells a token from a name and any number. */
export function isOathRecord(cells: readonly string[]): boolean {
  const [serial = "", key = "", type = "", digits = "", step = "", hash = ""] = cells.map((cell) =>
    cell.trim(),
  );
  return (
    cells.length <= 6 &&
    /^\S{1,64}$/.test(serial) &&
    isHexKey(key) &&
    /^(?:totp|hotp)$/i.test(type) &&
    /^[68]?$/.test(digits) &&
    /^\d{0,10}$/.test(step) &&
    /^(?:sha(?:1|256|512))?$/i.test(hash)
  );
}

/** The factor of a token. Its last number is a time step or a counter, by its type. */
export function oathFactor(record: Read): Part {
  const cell = (name: string): Read => {
    const { value, path } = inside(record, name);
    return { value: typeof value === "string" ? value.trim() : value, path };
  };
  const key = cell("key");
  const type = cell("type");
  const isTotp = /^totp$/i.test(textOf(type.value));
  return factor(
    {
      secret: key,
      // Both products read a token without a type as HOTP.
      type: textOf(type.value) === "" ? { value: "hotp", path: type.path } : type,
      digits: cell("digits"),
      [isTotp ? "period" : "counter"]: cell("timestep"),
      algorithm: algorithmOf(cell("hash"), key),
    },
    { encoding: "hex" },
  );
}

/** Without a hash, both products take keys of 32 bytes for SHA-256 and keys of 64 bytes for SHA-512. */
function algorithmOf(hash: Read, key: Read): Read {
  if (textOf(hash.value) !== "") return hash;
  const byLength: Readonly<Record<number, string>> = { 64: "sha256", 128: "sha512" };
  return { value: byLength[textOf(key.value).length], path: key.path };
}
