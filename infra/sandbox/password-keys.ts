import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { sm2 } from "sm-crypto";
import type { PasswordEncryptType } from "#lib/contract/person.ts";

export interface PasswordKeys {
  /** The public keys that `GET /api/v3/system` returns: RSA as PEM, SM2 as hexadecimal digits that begin with `04`. */
  publicKeys(): { rsa: { publicKey: string }; sm2: { publicKey: string } };
  /** The password in plain text, or undefined when it cannot be decrypted. */
  decrypt(password: string, type: PasswordEncryptType): string | undefined;
  /** Replaces both key pairs: a password that was encrypted with the previous keys cannot be decrypted any more. */
  rotate(): void;
}

/** The keys of this sandbox alone, generated at first use. RSA has 1024 bits, as the documented key of the public cloud has. */
export function createPasswordKeys(): PasswordKeys {
  let made: ReturnType<typeof makeKeys> | undefined;
  const keys = () => (made ??= makeKeys());
  return {
    publicKeys: () => ({
      rsa: { publicKey: keys().rsa.publicKey },
      sm2: { publicKey: keys().sm2.publicKey },
    }),
    decrypt(password, type) {
      if (type === "none") return password;
      try {
        if (type === "sm2") return sm2.doDecrypt(password, keys().sm2.privateKey) || undefined;
        return decryptRsa(Buffer.from(password, "base64"), keys().rsa.privateKey);
      } catch {
        return undefined;
      }
    },
    rotate() {
      made = undefined;
    },
  };
}

const makeKeys = () => ({
  rsa: generateKeyPairSync("rsa", {
    modulusLength: 1024,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }),
  sm2: sm2.generateKeyPairHex(),
});

/**
 * PKCS#1 v1.5 with its padding checked here: 0, 2, at least eight bytes that are not 0, 0, the password. OpenSSL answers a
 * wrong padding with random bytes instead of an error, so that a password for another key would look like one.
 */
function decryptRsa(encrypted: Buffer, privateKey: string): string | undefined {
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted);
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) return undefined;
  return new TextDecoder("utf-8", { fatal: true }).decode(block.subarray(end + 1));
}
