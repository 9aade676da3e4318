import { constants, createPublicKey, generateKeyPairSync, privateDecrypt } from "node:crypto";
import smCrypto from "sm-crypto";
import { describe, expect, it } from "vitest";
import { encryptPassword } from "#lib/authing/password.ts";
import { readVector } from "./vectors.ts";

interface CryptoVector {
  readonly documentedPublicKey: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly items: readonly {
    plaintext: string;
    ciphertext: string;
    hexLength?: number;
    decryptedHex?: string;
  }[];
}

const rsa = readVector<CryptoVector & { maxPlaintextBytes: number }>("crypto.rsa-pkcs1v15.json");
const sm2 = readVector<CryptoVector>("crypto.sm2.json");

describe("rsa", () => {
  const decrypt = (ciphertext: string) =>
    privateDecrypt(
      { key: rsa.privateKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(ciphertext, "base64"),
    ).toString("hex");
  const bare = rsa.publicKey.replaceAll(/-----[^-]+-----|\s/g, "");

  it.each(rsa.items)(
    "encrypts %j as Authing's demo does: PKCS#1 v1.5, base64",
    async ({ plaintext, ...item }) => {
      expect(decrypt(item.ciphertext)).toBe(item.decryptedHex);
      for (const publicKey of [rsa.publicKey, bare]) {
        const ciphertext = await encryptPassword(plaintext, { type: "rsa", keys: { rsa: { publicKey } } });
        expect(decrypt(ciphertext)).toBe(Buffer.from(plaintext, "utf8").toString("hex"));
        expect(Buffer.from(ciphertext, "base64")).toHaveLength(128);
      }
    },
  );

  it("takes the key that Authing documents", async () => {
    const keys = { rsa: { publicKey: rsa.documentedPublicKey } };
    expect(Buffer.from(await encryptPassword("p", { type: "rsa", keys }), "base64")).toHaveLength(128);
  });

  it("refuses a password that does not fit, without showing it", async () => {
    const keys = { rsa: { publicKey: rsa.publicKey } };
    const tooLong = "密".repeat(Math.ceil((rsa.maxPlaintextBytes + 1) / 3));
    await expect(encryptPassword(tooLong, { type: "rsa", keys })).rejects.toMatchObject({
      code: "malformed",
      reason: "password-too-long",
      path: "password",
    });
    await expect(encryptPassword(tooLong, { type: "rsa", keys })).rejects.not.toThrow("密");
  });

  const notRsa = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
  it.each(["", "xxxx", notRsa])("refuses what is not its key: %#", async (publicKey) => {
    await expect(encryptPassword("p", { type: "rsa", keys: { rsa: { publicKey } } })).rejects.toMatchObject({
      code: "misconfigured",
    });
  });

  it("has a key of 1024 bits in Authing's documents", () => {
    expect(createPublicKey(rsa.documentedPublicKey).asymmetricKeyDetails?.modulusLength).toBe(1024);
  });
});

describe("sm2", () => {
  it.each(sm2.items)("encrypts %j as Authing's SDK does: C1‖C3‖C2, hex, no prefix", async (item) => {
    expect(smCrypto.sm2.doDecrypt(item.ciphertext, sm2.privateKey, 1)).toBe(item.plaintext);
    const keys = { sm2: { publicKey: sm2.publicKey } };
    const ciphertext = await encryptPassword(item.plaintext, { type: "sm2", keys });
    expect(smCrypto.sm2.doDecrypt(ciphertext, sm2.privateKey, 1)).toBe(item.plaintext);
    expect(ciphertext).toMatch(/^[0-9a-f]+$/);
    expect(ciphertext).toHaveLength(item.hexLength ?? 0);
  });

  it("takes the key that Authing documents", async () => {
    const keys = { sm2: { publicKey: sm2.documentedPublicKey } };
    expect(await encryptPassword("p", { type: "sm2", keys })).toHaveLength(128 + 64 + 2);
  });

  it.each([{}, { sm2: { publicKey: "xxxx" } }, { sm2: { publicKey: sm2.publicKey.slice(2) } }])(
    "refuses %#: no key, or none of its form",
    async (keys) => {
      await expect(encryptPassword("p", { type: "sm2", keys })).rejects.toMatchObject({
        code: "misconfigured",
      });
    },
  );
});
