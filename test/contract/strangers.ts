import { generateKeyPairSync } from "node:crypto";

// Secrets and keys of a forger: they have the same shape as the sender's and other values.

export type Secret = Readonly<Record<string, unknown>>;

/** A copy of a secret with every text in it changed: the same shape, other values. */
export function altered(secret: Secret, change: (text: string) => string): Secret {
  return Object.fromEntries(
    Object.entries(secret).map(([key, value]) => [key, typeof value === "string" ? change(value) : value]),
  );
}

/**
 * Increments the last digit of a text, or its last letter where it has no digit: in any encoding the text can still be decoded, and
 * gives another value.
 */
export function foreign(text: string): string {
  const nextDigit = text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  if (nextDigit !== text) return nextDigit;
  return text.replace(/[a-z](?=[^a-z]*$)/i, (letter) =>
    letter.toLowerCase() === "z" ? "a" : String.fromCodePoint(letter.charCodeAt(0) + 1),
  );
}

/** Another private key of the same kind and with the same key id. `undefined` for a signer that is no key. */
export function foreignSigner(signer: unknown): unknown {
  if (typeof signer !== "object" || signer === null || !("kty" in signer)) return undefined;
  const { kty, crv, kid, alg } = signer as Readonly<Record<string, string>>;
  const { privateKey } =
    kty === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : kty === "EC"
        ? generateKeyPairSync("ec", { namedCurve: crv ?? "P-256" })
        : generateKeyPairSync("ed25519");
  return { ...privateKey.export({ format: "jwk" }), ...(kid && { kid }), ...(alg && { alg }) };
}
