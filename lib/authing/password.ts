import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { PasswordEncryptType } from "#lib/contract/person.ts";
import type { SystemInfoDto } from "./dto.ts";

// Encryption of passwords for `passwordEncryptType`. Authing's SDKs leave it to the caller; its demo (github.com/Authing/
// password-encryption) and its mini-program SDK show how. The keys are those of `system`: each deployment has its own.

/** PKCS#1 v1.5 spends 11 bytes of the key's length. */
const rsaPaddingBytes = 11;

/**
 * A password as Authing wants it.
 *
 * `rsa`: PKCS#1 v1.5, base64. Authing's public cloud has a key of 1024 bits, so at most 117 bytes of UTF-8.
 * `sm2`: C1‖C3‖C2 in lower-case hex, C1 without its `04`, no `sm2:` in front (that was the v2 API).
 * Throws `misconfigured` without a usable key, `malformed` for a password that is too long.
 */
export async function encryptPassword(
  plain: string,
  { type, keys }: { type: Exclude<PasswordEncryptType, "none">; keys: SystemInfoDto },
): Promise<string> {
  const publicKey = keys[type]?.publicKey;
  if (!publicKey) throw new InboundError("misconfigured", `authing-${type}-key-missing`);
  return type === "rsa" ? encryptRsa(plain, publicKey) : encryptSm2(plain, publicKey);
}

function encryptRsa(plain: string, publicKey: string): string {
  const key = readRsaKey(publicKey);
  const keyBytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const bytes = Buffer.from(plain, "utf8");
  if (bytes.length > keyBytes - rsaPaddingBytes) {
    throw new InboundError("malformed", "password-too-long", {
      path: "password",
      hint: `at most ${keyBytes - rsaPaddingBytes} bytes with Authing's RSA key; use sm2 or none`,
    });
  }
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes).toString("base64");
}

/** PEM, or the base64 within it: no document says which of them `system` gives. */
function readRsaKey(publicKey: string): KeyObject {
  try {
    const key = publicKey.includes("-----BEGIN")
      ? createPublicKey(publicKey)
      : createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Reported below, without the key.
  }
  throw new InboundError("misconfigured", "authing-rsa-key-invalid");
}

async function encryptSm2(plain: string, publicKey: string): Promise<string> {
  if (!/^04[0-9a-f]{128}$/i.test(publicKey)) {
    throw new InboundError("misconfigured", "authing-sm2-key-invalid");
  }
  // A large module, which only imports of passwords need.
  const { default: smCrypto } = await import("sm-crypto");
  return smCrypto.sm2.doEncrypt(plain, publicKey, 1);
}
