import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { sm2 } from "sm-crypto";
import type { PasswordEncryptType } from "#lib/contract/person.ts";

export interface PasswordKeys {
  /** What `GET /api/v3/system` tells: RSA as PEM, SM2 as hexadecimal digits, `04` first. */
  publicKeys(): { rsa: { publicKey: string }; sm2: { publicKey: string } };
  /** The password in clear, or undefined when it cannot be decrypted. */
  decrypt(password: string, type: PasswordEncryptType): string | undefined;
}

/** Keys of this sandbox alone, made when first asked for. RSA has 1024 bits, as the public cloud's documented key does. */
export function createPasswordKeys(): PasswordKeys {
  let made: {
    rsa: { publicKey: string; privateKey: string };
    sm2: { publicKey: string; privateKey: string };
  };
  const keys = () =>
    (made ??= {
      rsa: generateKeyPairSync("rsa", {
        modulusLength: 1024,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      }),
      sm2: sm2.generateKeyPairHex(),
    });
  return {
    publicKeys: () => ({
      rsa: { publicKey: keys().rsa.publicKey },
      sm2: { publicKey: keys().sm2.publicKey },
    }),
    decrypt(password, type) {
      if (type === "none") return password;
      try {
        if (type === "sm2") return sm2.doDecrypt(password, keys().sm2.privateKey) || undefined;
        const key = { key: keys().rsa.privateKey, padding: constants.RSA_PKCS1_PADDING };
        return new TextDecoder("utf-8", { fatal: true }).decode(
          privateDecrypt(key, Buffer.from(password, "base64")),
        );
      } catch {
        return undefined;
      }
    },
  };
}
