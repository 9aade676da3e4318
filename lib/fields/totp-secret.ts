import { InboundError } from "#lib/contract/errors.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import type { Read } from "./read.ts";

/** Longest text that may hold a secret, in UTF-16 units. */
const maxLength = 1024;

/**
 * A TOTP secret that a source sends in base32, in the one form that every decoder agrees on: upper case, without padding.
 *
 * @throws InboundError `malformed` with the path: `secret-missing`; `secret-encrypted` for a text that begins like JSON, which vendors
 *   write in place of a secret that they encrypt; `secret-encoding` for anything else that is no base32. The secret is not quoted.
 */
export function totpSecret({ value, path }: Read): string {
  const refuse = (reason: string) => new InboundError("malformed", reason, { path });
  if (value === undefined || value === null || value === "") throw refuse("secret-missing");
  if (typeof value !== "string" || value.length > maxLength) throw refuse("secret-encoding");
  if (value.trimStart().startsWith("{")) throw refuse("secret-encrypted");
  const decoded = decodeBase32(value);
  if (decoded === undefined) throw refuse("secret-encoding");
  if (decoded.bytes.length === 0) throw refuse("secret-missing");
  return encodeBase32(decoded.bytes);
}
