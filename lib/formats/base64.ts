const written = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads base64 (RFC 4648, section 4), with or without padding, in time that grows as the text does; white space inside is skipped, as XML
 * breaks its lines. `undefined` for any other text: Node's own decoder skips what it does not know.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const plain = text.replaceAll(/[\t\n\r ]+/g, "");
  if (!written.test(plain)) return undefined;
  const bytes = new Uint8Array(Buffer.from(plain, "base64"));
  // A length that no bytes have, wrong padding, or bits behind the last byte: not as any encoder writes it.
  const padded = Buffer.from(bytes).toString("base64");
  return plain === padded || plain === padded.replace(/={1,2}$/, "") ? bytes : undefined;
}
