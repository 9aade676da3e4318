import { describe, expect, it } from "vitest";
import type { Delivery } from "#lib/contract/proof.ts";
import { anyOf } from "#lib/proofs/any-of.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";

interface Secret {
  readonly key?: string;
  readonly token?: string;
}

const signature = standardWebhooks<Secret>({ key: ({ key = "" }) => key });
const header = staticHeader<Secret>({ header: "authorization", value: ({ token = "" }) => token });
const either = anyOf<Secret>({
  name: "signature or static-header",
  proofs: [signature, header],
  proofOf: (body) => (Buffer.from(body).includes("signed") ? signature : header),
});

const at = { now: Date.parse("2026-01-31T18:42:05Z"), id: "msg_1" };
const secret = { key: "whsec_aW52ZW50ZWQta2V5LTAwMDEtbG9uZy1lbm91Z2g=", token: "invented-token-0001" };
const [signed, shown] = [Buffer.from('"signed"'), Buffer.from('"shown"')];

const deliver = (body: Uint8Array, headers: Readonly<Record<string, string>>): Delivery => ({
  method: "POST",
  headers,
  rawQuery: "",
  query: new URLSearchParams(),
  body,
  receivedAt: at.now,
});
const verify = (body: Uint8Array, by: Secret = secret, headers = either.sign(body, secret, at).headers) =>
  either.verify(deliver(body, headers), by);

describe("any one of several proofs", () => {
  it("holds where one of them holds, and hands back what that one says", () => {
    expect(verify(signed)).toMatchObject({ ok: true, payload: signed, deliveryId: "msg_1" });
    expect(verify(shown)).toEqual({ ok: true, payload: shown });
  });

  it("promises no more than the weakest of them", () => {
    expect([signature.coversBody, signature.refusesStale]).toEqual([true, true]);
    expect([either.coversBody, either.refusesStale]).toEqual([false, false]);
  });

  it("needs only the part of the secret that the delivery is proven with", () => {
    expect(verify(signed, { key: secret.key })).toMatchObject({ ok: true });
    expect(verify(shown, { key: secret.key })).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(verify(signed, {})).toEqual({ ok: false, reason: "secret-empty", differs: {} });
  });

  it("is refused as the proof that the delivery tried to give", () => {
    expect(verify(signed, secret, {})).toMatchObject({ ok: false, reason: "proof-missing" });
    const wrong = { authorization: "invented-token-0002" };
    expect(verify(shown, secret, wrong)).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
      differs: { place: "header authorization" },
    });
    const { headers } = either.sign(signed, secret, at);
    expect(verify(shown, secret, headers)).toMatchObject({ ok: false, reason: "proof-mismatch" });
  });

  it("takes over where its proofs are looked for", () => {
    const proofs = [
      urlSecret<Secret>({ place: "path", value: ({ token = "" }) => token }),
      urlSecret<Secret>({ place: { query: "sign" }, value: ({ token = "" }) => token }),
    ] as const;
    expect(anyOf<Secret>({ name: "url", proofs, proofOf: () => proofs[0] })).toMatchObject({
      readsPathToken: true,
      proofParameters: ["sign"],
    });
  });
});
