import { describe, expect, it } from "vitest";
import { listedSecret } from "#lib/proofs/listed-secret.ts";

interface Secret {
  readonly state: string;
}

const proof = listedSecret<Secret>({ list: "value", field: "state", value: ({ state }) => state });
const secret = { state: "invented-0001" };
const verify = (document: unknown, by: Secret = secret) =>
  proof.verify(
    {
      method: "POST",
      headers: {},
      rawQuery: "",
      query: new URLSearchParams(),
      body: Buffer.from(typeof document === "string" ? document : JSON.stringify(document)),
      receivedAt: 0,
    },
    by,
  );

describe("a secret in each entry of a list", () => {
  it("proves what is said, and is not handed on", () => {
    const result = verify({
      value: [
        { id: 1, ...secret },
        { id: 2, ...secret },
      ],
      more: "张",
    });
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && Buffer.from(result.payload).toString()).toBe(
      '{"value":[{"id":1},{"id":2}],"more":"张"}',
    );
  });

  it("is refused where one entry has another, or none", () => {
    for (const [other, reason] of [
      [{ state: "invented-0002" }, "proof-mismatch"],
      [{ state: ["invented-0001"] }, "proof-mismatch"],
      [{ state: null }, "proof-mismatch"],
      [{ state: "" }, "proof-missing"],
      [{}, "proof-missing"],
    ] as const) {
      for (const value of [[secret, other], [other, secret], [other]]) {
        expect(verify({ value })).toMatchObject({ ok: false, reason });
      }
    }
    expect(verify({ value: [] })).toMatchObject({ ok: false, reason: "proof-missing" });
  });

  it("is refused where there is no such list", () => {
    for (const document of ["", "[]", "null", {}, { value: {} }, { value: [null] }, { value: [[secret]] }]) {
      expect(verify(document)).toMatchObject({ ok: false, reason: "proof-malformed" });
    }
    const deep = `{"value":[{"state":"invented-0001","a":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}`;
    expect(verify(deep)).toMatchObject({ ok: false, reason: "proof-malformed" });
  });

  it("verifies nothing where the secret is empty", () => {
    expect(verify({ value: [{ state: "" }] }, { state: "" })).toMatchObject({ reason: "secret-empty" });
    expect(() => proof.sign(Buffer.from('{"value":[]}'), { state: "" }, { now: 0, id: "1" })).toThrow(
      "secret-empty",
    );
  });
});
