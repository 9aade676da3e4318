import { generateKeyPairSync } from "node:crypto";

// Secrets and keys of a forger: they have the same shape as the sender's and other values.

export type Secret = Readonly<Record<string, unknown>>;

/**
 * A copy of a secret with every text in it changed: the same shape, other values. A set of public keys in it becomes one of other keys;
 * `signerFor` has the private key that belongs to it.
 */
export function altered(secret: Secret, change: (text: string) => string): Secret {
  return Object.fromEntries(
    Object.entries(secret).map(([key, value]) => {
      if (typeof value === "string") return [key, change(value)];
      return [key, isKeySet(value) ? (change("a") === "" ? { keys: [] } : otherKeys(value)) : value];
    }),
  );
}

interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Making RSA keys takes a tenth of a second, so that each set has one other set. */
const others = new WeakMap<KeySet, KeySet>();
const publicParts = new Set(["kty", "kid", "alg", "crv", "x", "y", "n", "e"]);
const privateKeys = new WeakMap<KeySet, unknown>();

/** The private key of the sender whose secret this is: of a secret that `altered` made, the one of its public keys. */
export function signerFor(secret: Secret, signer: unknown): unknown {
  const keys = Object.values(secret).filter(isKeySet);
  return keys.map((set) => privateKeys.get(set)).find((key) => key !== undefined) ?? signer;
}

function isKeySet(value: unknown): value is KeySet {
  return typeof value === "object" && value !== null && Array.isArray((value as Partial<KeySet>).keys);
}

function otherKeys(set: KeySet): KeySet {
  const known = others.get(set);
  if (known) return known;
  const signer = foreignSigner(set.keys[0]) as Readonly<Record<string, unknown>>;
  const made = {
    keys: [Object.fromEntries(Object.entries(signer).filter(([part]) => publicParts.has(part)))],
  };
  others.set(set, made);
  privateKeys.set(made, signer);
  return made;
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
