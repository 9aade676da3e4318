import { describe, expect, it } from "vitest";
import type { Delivery } from "#lib/contract/proof.ts";
import { bySecret } from "#lib/proofs/by-secret.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";

interface Secret {
  readonly key?: string;
  readonly token?: string;
}

const signed = hmac<Secret>({
  algorithm: "sha256",
  key: ({ key = "" }) => key,
  signed: "{body}",
  signature: { header: "x-signature", encoding: "hex" },
});
const shown = staticHeader<Secret>({ header: "x-token", value: ({ token = "" }) => token });
const proof = bySecret<Secret>({
  name: "signature or header",
  proofs: [signed, shown],
  proofOf: ({ key, token }) => (key !== undefined ? signed : token === undefined ? undefined : shown),
});

const body = Buffer.from('{"name":"欧阳娜娜"}');
const at = { now: 0, id: "m" };
const deliver = (headers: Readonly<Record<string, string>>): Delivery => ({
  method: "POST",
  headers,
  rawQuery: "",
  query: new URLSearchParams(),
  body,
  receivedAt: 0,
});

describe("a proof that the secret chooses", () => {
  it.each<Secret>([{ key: "invented-0001" }, { token: "invented-0001" }])(
    "takes what it signs by %j",
    (secret) => {
      expect(proof.verify(deliver(proof.sign(body, secret, at).headers), secret)).toEqual({
        ok: true,
        payload: body,
      });
    },
  );

  it("takes no other proof, though the secret could verify it", () => {
    const secret = { key: "invented-0001", token: "invented-0002" };
    expect(proof.verify(deliver({ "x-token": "invented-0002" }), secret)).toMatchObject({
      ok: false,
      reason: "proof-missing",
    });
  });

  it("promises no more than the weakest", () => {
    expect(proof).toMatchObject({ name: "signature or header", coversBody: false, refusesStale: false });
  });

  it("verifies nothing by an empty secret", () => {
    expect(proof.verify(deliver({}), {})).toMatchObject({ ok: false, reason: "secret-empty" });
    expect(() => proof.sign(body, {}, at)).toThrow("secret-empty");
  });
});
