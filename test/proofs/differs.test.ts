import { describe, expect, it } from "vitest";
import type { ProofDiffers } from "#lib/contract/proof-differs.ts";
import type { ProofResult } from "#lib/contract/proof.ts";
import { feishuProof } from "#lib/proofs/feishu.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";
import dingtalk from "#lib/sources/dingtalk/index.ts";
import { bamboo, body, deliver, now, type Secret } from "./hmac-deliveries.ts";
import { delivery, key, keyPair, now as tokenNow, pinned, seconds, settings, token } from "./jwt-tokens.ts";

// What each proof says would have had to differ. That no value is among it, and that each refusal of each source says it, is checked
// by test/contract/source-refusals.ts.

const told = (result: ProofResult) =>
  result.ok ? "accepted" : { reason: result.reason, ...(result.differs as ProofDiffers[keyof ProofDiffers]) };

describe("a refused signature by HMAC", () => {
  const secret = { key: "k" };
  const headers = (given: Record<string, string>) =>
    told(hmac<Secret>(bamboo).verify(deliver({ headers: given, body }, now), secret));
  const at = String(Math.floor(now / 1000));

  it.each([
    [{}, { reason: "proof-missing", place: "header x-signature" }],
    [{ "x-signature": "00" }, { reason: "timestamp-missing", place: "header x-timestamp" }],
    [
      { "x-signature": "00", "x-timestamp": "soon" },
      { reason: "timestamp-malformed", place: "header x-timestamp", form: "seconds since 1970" },
    ],
    [
      { "x-signature": "00", "x-timestamp": String(Number(at) - 412) },
      { reason: "timestamp-stale", place: "header x-timestamp", toleranceSeconds: 300 },
    ],
    [
      { "x-signature": "00", "x-timestamp": at },
      { reason: "proof-mismatch", place: "header x-signature", covers: "{body}{timestamp}" },
    ],
  ])("with the headers %j", (given, expected) => {
    expect(headers(given)).toMatchObject(expected);
  });

  it("says by how many seconds a time is wrong, rounded up", () => {
    const exact = Number(at) * 1000;
    const proof = hmac<Secret>(bamboo);
    const verify = (receivedAt: number) =>
      told(
        proof.verify(
          deliver({ headers: { "x-signature": "00", "x-timestamp": at }, body }, receivedAt),
          secret,
        ),
      );
    expect(verify(exact + 300_001)).toMatchObject({ reason: "timestamp-stale", seconds: 301 });
    expect(verify(exact - 412_000)).toMatchObject({ reason: "timestamp-early", seconds: 412 });
  });

  it.each([
    [{ header: "x-s", encoding: "hex", prefix: "v1=" }, "header x-s", "hex behind v1="],
    [
      { header: "x-s", encoding: "base64", prefix: "v1,", separator: " " },
      "header x-s",
      "a list of base64 behind v1,",
    ],
    [{ header: "x-s", encoding: "hex", pair: "v1" }, "header x-s", "hex behind v1=, in pairs with commas"],
  ] as const)("says how %j has to be written", (signature, place, form) => {
    const proof = hmac<Secret>({ algorithm: "sha256", key: () => "k", signed: "{body}", signature });
    const result = proof.verify(deliver({ headers: { "x-s": "AAAA" }, body }, now), secret);
    expect(told(result)).toEqual({ reason: "proof-malformed", place, form });
  });

  it("names the part of what is signed that did not come", () => {
    const proof = hmac<Secret>({
      algorithm: "sha256",
      key: () => "k",
      signed: "{id}.{query:employee}.{json:data.id}",
      signature: { header: "x-s", encoding: "hex" },
      deliveryId: { header: "x-id" },
    });
    const verify = (given: Record<string, string>, query: string, said: string) =>
      told(
        proof.verify(
          {
            ...deliver({ headers: { "x-s": "00", ...given }, body: Buffer.from(said) }, now),
            query: new URLSearchParams(query),
          },
          secret,
        ),
      );
    expect(verify({}, "", "{}")).toEqual({ reason: "proof-missing", place: "header x-id" });
    expect(verify({ "x-id": "1" }, "", "{}")).toEqual({ reason: "proof-missing", place: "query employee" });
    expect(verify({ "x-id": "1" }, "employee=1", "{}")).toEqual({
      reason: "proof-malformed",
      place: "body data.id",
      form: "text or number",
    });
  });
});

describe("a refused token", () => {
  const where = "header authorization";
  it.each([
    [
      { exp: seconds - 412 },
      { reason: "timestamp-stale", place: "claim exp", seconds: 412, toleranceSeconds: 60 },
    ],
    [
      { nbf: seconds + 412 },
      { reason: "timestamp-early", place: "claim nbf", seconds: 412, toleranceSeconds: 60 },
    ],
    [
      { iat: seconds + 412 },
      { reason: "timestamp-early", place: "claim iat", seconds: 412, toleranceSeconds: 60 },
    ],
    [{ exp: null as never }, { reason: "timestamp-missing", place: "claim exp" }],
    [
      { exp: "soon" as never },
      { reason: "timestamp-malformed", place: "claim exp", form: "seconds since 1970" },
    ],
    [{ iss: "https://id.example.org" }, { reason: "issuer-mismatch", place: "claim iss" }],
    [{ aud: "other" }, { reason: "audience-mismatch", place: "claim aud" }],
    [
      { request_body_sha256: "AAAA" },
      { reason: "proof-mismatch", place: "claim request_body_sha256", covers: "{body}" },
    ],
    [
      { request_body_sha256: 1 },
      { reason: "proof-malformed", place: "claim request_body_sha256", form: "base64 of the body's SHA-256" },
    ],
  ])("with the claims %j", async (over, expected) => {
    const result = await jwt(settings).verify(delivery(await token(over)), pinned);
    expect(told(result)).toEqual(expected);
  });

  it("by its key, its algorithm and its form", async () => {
    const verify = async (given: string) => told(await jwt(settings).verify(delivery(given), pinned));
    const other = keyPair("k9");
    expect(await verify(await token({}, other))).toEqual({ reason: "key-unknown", place: where });
    const same = keyPair(key.secret.kid);
    const mismatch = { reason: "proof-mismatch", place: where, covers: "the token" };
    expect(await verify(await token({}, same))).toEqual(mismatch);
    const [, claims, signature] = (await token()).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await verify(`${none}.${claims}.${signature}`)).toEqual({
      reason: "algorithm-refused",
      place: where,
      form: "ES256 or RS256 or EdDSA",
    });
    const malformed = { reason: "proof-malformed", place: where, form: "a JSON Web Token behind Bearer" };
    expect(await verify("no-token")).toEqual(malformed);
    const bare = { ...delivery(""), headers: {}, receivedAt: tokenNow };
    expect(told(await jwt(settings).verify(bare, pinned))).toEqual({ reason: "proof-missing", place: where });
  });
});

describe("a refused secret that is shown", () => {
  it("has a place, and nothing that it covers", () => {
    const basic = basicAuth<object>({ username: () => "workday", password: () => "invented-password" });
    const wrong = deliver({ headers: { authorization: "Basic AAAA" }, body }, now);
    expect(told(basic.verify(wrong, {}))).toEqual({
      reason: "proof-mismatch",
      place: "header authorization",
    });
    const inPath = urlSecret<object>({ place: "path", value: () => "invented-path-token-0001" });
    expect(told(inPath.verify(wrong, {}))).toEqual({ reason: "proof-missing", place: "path" });
    const inQuery = urlSecret<object>({ place: { query: "token" }, value: () => "invented-path-token-0001" });
    const twice = { ...wrong, query: new URLSearchParams("token=1&token=2") };
    expect(told(inQuery.verify(twice, {}))).toEqual({
      reason: "proof-malformed",
      place: "query token",
      form: "once",
    });
  });
});

describe("a refused delivery that is encrypted", () => {
  const plain = deliver({ headers: {}, body: Buffer.from('{"encrypt":"AAAA"}') }, now);

  it("of DingTalk says which parameter is not there, and what is signed", () => {
    const secret = {
      token: "invented-token",
      aesKey: "A".repeat(43),
      ownerKey: "dingOwner",
      appKey: "k",
      appSecret: "s",
    };
    const verify = (query: string) =>
      told(dingtalk.proof.verify({ ...plain, query: new URLSearchParams(query) }, secret) as ProofResult);
    expect(verify("")).toMatchObject({ reason: "proof-missing", place: "query msg_signature or signature" });
    expect(verify("signature=1")).toEqual({ reason: "proof-missing", place: "query nonce" });
    expect(verify("signature=1&nonce=2")).toMatchObject({ reason: "timestamp-missing" });
    expect(verify("signature=1&nonce=2&timestamp=3")).toMatchObject({
      reason: "proof-mismatch",
      covers: "{token}{timestamp}{nonce}{encrypted body}",
    });
  });

  it("of Feishu says which header is not there, and which form the body has to have", () => {
    const verify = (headers: Record<string, string>, encryptKey?: string) =>
      told(
        feishuProof.verify(
          { ...plain, headers },
          { verificationToken: "v", ...(encryptKey && { encryptKey }) },
        ),
      );
    expect(verify({}, "key")).toEqual({ reason: "proof-missing", place: "header x-lark-request-timestamp" });
    expect(verify({})).toEqual({
      reason: "proof-malformed",
      place: "body",
      form: "JSON that is not encrypted",
    });
  });
});
