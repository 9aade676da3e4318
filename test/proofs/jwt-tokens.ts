import { createHash, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, importJWK, type JWTPayload } from "jose";
import { onTestFinished } from "vitest";
import type { Delivery, Proof } from "#lib/contract/proof.ts";
import { jwt, type JwtSettings } from "#lib/proofs/jwt.ts";

// A sender that signs tokens with jose, which our own `sign` does not use, and publishes its keys.

export interface Secret {
  readonly jwks: string | { readonly configuration: string } | { readonly keys: readonly JsonWebKey[] };
  readonly issuer?: string;
}

export const now = Date.parse("2026-01-31T18:42:05.000Z");
export const seconds = now / 1000;
export const body = Buffer.from('{"event":{"type":"user.create","name":"张三 Zoë"}}');
export const issuer = "https://id.example.com";

/** A sender's key: the private one signs, the public one is published. */
export function keyPair(kid: string, alg = "ES256") {
  const { privateKey, publicKey } = alg.startsWith("RS")
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : alg === "EdDSA"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const named = { kid, alg, use: "sig" };
  return {
    secret: { ...privateKey.export({ format: "jwk" }), kid, alg },
    published: { ...publicKey.export({ format: "jwk" }), ...named },
  };
}
export type KeyPair = ReturnType<typeof keyPair>;

export const key = keyPair("k1");
export const pinned: Secret = { jwks: { keys: [key.published] }, issuer };

export const settings: JwtSettings<Secret> = {
  jwks: ({ jwks }) => jwks as string,
  algorithms: ["ES256", "RS256", "EdDSA"],
  issuer: ({ issuer: name = "" }) => name,
  audience: () => "inbound",
  bodyHash: { claim: "request_body_sha256", encoding: "base64" },
};

export function delivery(token: string, over: Partial<Delivery> = {}): Delivery {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    rawQuery: "",
    query: new URLSearchParams(),
    body,
    receivedAt: now,
    ...over,
  };
}

export const bodyHash = createHash("sha256").update(body).digest("base64");
export const claims: JWTPayload = {
  iss: issuer,
  aud: "inbound",
  iat: seconds,
  exp: seconds + 300,
  jti: "d-1",
  request_body_sha256: bodyHash,
};

/** A token signed by `jose`, which our `sign` does not use. */
export async function token(over: JWTPayload = {}, by: KeyPair = key, header: object = {}): Promise<string> {
  const { kid, alg } = by.secret;
  const said = Object.fromEntries(
    Object.entries({ ...claims, ...over }).filter(([, value]) => value !== null),
  );
  return new SignJWT(said as JWTPayload)
    .setProtectedHeader({ alg, kid, ...header })
    .sign(await importJWK(by.secret, alg));
}

export async function reasonOf(
  given: string,
  proof: Proof<Secret> = jwt(settings),
  by: Secret = pinned,
  over: Partial<Delivery> = {},
): Promise<string> {
  const result = await proof.verify(delivery(given, over), by);
  return result.ok ? "ok" : result.reason;
}

export const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** A sender's key set on a server of this machine. */
export async function publish(
  answer: () => [status: number, body: unknown, headers?: object],
  asked: () => void,
) {
  const server = createServer((_, response) => {
    asked();
    const [status, content, headers] = answer();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof content === "string" ? content : JSON.stringify(content));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/.well-known/jwks.json`, server };
}
