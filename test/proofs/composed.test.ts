import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Delivery } from "#lib/contract/proof.ts";
import { allOf, byMethod } from "#lib/proofs/composed.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";

interface Secret {
  readonly token: string;
  readonly code: string;
  readonly key: string;
}

const secret: Secret = { token: "invented-token-000001", code: "code0001", key: "invented-key" };
const token = urlSecret<Secret>({ place: { query: "token" }, value: (given) => given.token });
const code = urlSecret<Secret>({ place: { query: "code" }, value: (given) => given.code, minLength: 8 });
const both = allOf("both", [token, code]);
const signature = hmac<Secret>({
  algorithm: "sha256",
  key: ({ key }) => key,
  signed: "{body}",
  signature: { header: "x-signature", encoding: "hex" },
});
const either = byMethod("either", { get: both, post: signature });
const body = Buffer.from("{}");

function delivery(
  method: string,
  { query = {}, headers = {} }: Partial<Record<"query" | "headers", Readonly<Record<string, string>>>>,
): Delivery {
  const parameters = new URLSearchParams(query);
  return { method, headers, rawQuery: parameters.toString(), query: parameters, body, receivedAt: 0 };
}

describe("several proofs together", () => {
  const signed = both.sign(body, secret, { now: 0, id: "m" });

  it("are all signed, and all taken out of the query", () => {
    expect(signed).toMatchObject({ query: { token: secret.token, code: secret.code }, body });
    expect(both.proofParameters).toEqual(["token", "code"]);
    expect(both.verify(delivery("GET", signed), secret)).toEqual({ ok: true, payload: body });
  });

  it.each(["token", "code"])("refuse a delivery in which %s alone is wrong or missing", (name) => {
    const { [name]: right = "", ...others } = signed.query ?? {};
    for (const query of [others, { ...others, [name]: `${right}1` }]) {
      expect(both.verify(delivery("GET", { query }), secret)).toMatchObject({ ok: false });
    }
  });

  it("verify nothing where one of the secrets is empty", () => {
    expect(both.verify(delivery("GET", signed), { ...secret, code: "" })).toMatchObject({
      ok: false,
      reason: "secret-empty",
    });
  });

  it("hand back what the first one was told, once every one holds", async () => {
    const signer = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwks = { keys: [{ ...signer.publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256" }] };
    const set = jwt<Secret>({ jwks: () => jwks, algorithms: ["ES256"], token: "body", mayLackExpiry: true });
    const header = staticHeader<Secret>({ header: "authorization", value: ({ token: value }) => value });
    const told = allOf("told", [set, header]);
    const by = { ...signer.privateKey.export({ format: "jwk" }), kid: "k1", alg: "ES256" };
    const request = told.sign(Buffer.from('{ "a": 1 }'), secret, { now: 0, id: "m" }, by);
    const arrives = (headers: Readonly<Record<string, string>>): Delivery => ({
      ...delivery("POST", { headers }),
      body: request.body,
    });
    expect(await told.verify(arrives(request.headers), secret)).toEqual({
      ok: true,
      payload: Buffer.from('{ "a": 1 }'),
    });
    expect(await told.verify(arrives({}), secret)).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(await told.verify({ ...arrives(request.headers), body }, secret)).toMatchObject({ ok: false });
  });

  it("cover the body, and refuse what is stale, where one of them does", () => {
    expect(both).toMatchObject({ coversBody: false, refusesStale: false });
    expect(allOf("signed", [token, signature])).toMatchObject({ coversBody: true, refusesStale: false });
    const timed = jwt<Secret>({ jwks: () => ({ keys: [] }), algorithms: ["ES256"], token: "body" });
    expect(allOf("timed", [token, timed])).toMatchObject({ coversBody: true, refusesStale: true });
  });

  it("keep what each of them adds to the request", () => {
    const header = staticHeader<Secret>({ header: "x-key", value: ({ key }) => key });
    const together = allOf("together", [header, token, signature]).sign(body, secret, { now: 0, id: "m" });
    expect(Object.keys(together.headers)).toEqual(["x-key", "x-signature"]);
    expect(together.query).toEqual({ token: secret.token });
  });
});

describe("a proof by method", () => {
  const at = { now: 0, id: "m" };
  const ofGet = either.sign(body, secret, { ...at, method: "GET" });
  const ofPost = either.sign(body, secret, { ...at, method: "POST" });

  it("takes each method's own proof", () => {
    expect(either.verify(delivery("GET", ofGet), secret).ok).toBe(true);
    expect(either.verify(delivery("POST", ofPost), secret).ok).toBe(true);
    expect(either.sign(body, secret, at)).toEqual(ofPost);
  });

  it("takes no method's proof for another one", () => {
    for (const method of ["POST", "PUT", "get", ""]) {
      expect(either.verify(delivery(method, ofGet), secret)).toMatchObject({ ok: false });
    }
    expect(either.verify(delivery("GET", ofPost), secret)).toMatchObject({ ok: false });
  });

  it("promises no more than both of them", () => {
    expect(either).toMatchObject({ coversBody: false, refusesStale: false });
  });
});
