import { constants, createHmac, createPrivateKey, sign as signBytes, type JsonWebKey } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";

/** A token as a sender makes one. Only ever made for tests and samples: what is taken is verified by `jose`. */
export function signedToken(
  claims: Uint8Array,
  signer: unknown,
  { alg: algorithm, typ }: { readonly alg: string | undefined; readonly typ: string },
): string {
  const isKey = typeof signer === "object" && signer !== null && "kty" in signer;
  if (typeof signer !== "string" && !isKey) {
    throw new InboundError("misconfigured", "signer-missing", {
      hint: "only the sender has the private key: put an invented one into fixtures/signer.json as a JSON Web Key",
    });
  }
  const kid = isKey && "kid" in signer ? { kid: signer.kid } : {};
  const alg = isKey && "alg" in signer ? String(signer.alg) : algorithm;
  const header = Buffer.from(JSON.stringify({ alg, typ, ...kid }));
  const signed = `${header.toString("base64url")}.${Buffer.from(claims).toString("base64url")}`;
  const digest = `sha${alg?.slice(2)}`;
  if (typeof signer === "string") {
    return `${signed}.${createHmac(digest, signer).update(signed).digest("base64url")}`;
  }
  const key = createPrivateKey({ key: signer as JsonWebKey, format: "jwk" });
  const padding = alg?.startsWith("PS")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  const signature = signBytes(alg === "EdDSA" ? null : digest, Buffer.from(signed), {
    key,
    dsaEncoding: "ieee-p1363",
    ...padding,
  });
  return `${signed}.${signature.toString("base64url")}`;
}
