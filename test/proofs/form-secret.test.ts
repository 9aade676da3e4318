import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { formSecret } from "#lib/proofs/form-secret.ts";

interface Secret {
  readonly field: string;
  readonly value: string;
}

const at = { now: Date.parse("2026-01-31T18:42:05Z"), id: "msg_1" };
const proof = formSecret<Secret>({ field: ({ field }) => field, value: ({ value }) => value });
const secret: Secret = { field: "gate-key", value: "invented token/0001+é" };
const form = "name=%E6%AC%A7%E9%98%B3&note=a+b&&raw=Café=1";
const shown = "gate-key=invented+token%2F0001%2B%C3%A9";
const place = "body field that the secret names";

function verify(text: string, by = secret) {
  const body = Buffer.from(text);
  const result = proof.verify(
    { method: "POST", headers: {}, rawQuery: "", query: new URLSearchParams(), body, receivedAt: at.now },
    by,
  );
  return result.ok ? { ...result, payload: Buffer.from(result.payload).toString() } : result;
}

describe("a field of the form that the secret names", () => {
  it("is what sign adds, and is not handed back", () => {
    const signed = proof.sign(Buffer.from(form), secret, at);
    expect(Buffer.from(signed.body).toString()).toBe(`${form}&${shown}`);
    expect(verify(`${form}&${shown}`)).toEqual({ ok: true, payload: form });
    expect(proof).toMatchObject({ name: "form-secret", coversBody: false, refusesStale: false });
    expect(Buffer.from(proof.sign(Buffer.from(""), secret, at).body).toString()).toBe(shown);
    expect(verify(shown)).toEqual({ ok: true, payload: "" });
  });

  it.each([
    `${shown}&${form}`,
    `name=%E6%AC%A7%E9%98%B3&${shown}&note=a+b&&raw=Café=1`,
    `${form}&%67ate%2Dkey=%69nvented%20token/0001%2b%c3%a9`,
  ])("stands anywhere, however it is written: %s", (text) => {
    expect(verify(text)).toEqual({ ok: true, payload: form });
  });

  it("is refused when it is missing, another one, or there twice", () => {
    for (const text of [
      form,
      "",
      `${form}&gate-key=`,
      `${form}&gate-key`,
      `${form}&Gate-key=x`,
      `${form}&?${shown}`,
    ]) {
      expect(verify(text)).toEqual({ ok: false, reason: "proof-missing", differs: { place } });
    }
    for (const value of ["x", "invented+token%2F0001%2B%C3%A9x", "Invented+token%2F0001%2B%C3%A9"]) {
      const refused = { ok: false, reason: "proof-mismatch", differs: { place } };
      expect(verify(`${form}&gate-key=${value}`)).toEqual(refused);
    }
    expect(verify(`${shown}&${form}&${shown}`)).toMatchObject({ reason: "proof-malformed" });
    expect(verify(`${shown}&${form}&gate%2Dkey=`)).toMatchObject({ reason: "proof-malformed" });
  });

  it.each<[string, Secret]>([
    ["no name", { field: "", value: secret.value }],
    ["a name of a nested field", { field: "a[b]", value: secret.value }],
    ["no value", { field: "gate-key", value: "" }],
    ["a value that can be guessed", { field: "gate-key", value: "fifteen-letters" }],
  ])("verifies nothing where the secret has %s", (_, given) => {
    const body = `${form}&${new URLSearchParams({ [given.field]: given.value }).toString()}`;
    expect(verify(body, given)).toMatchObject({ ok: false, reason: "secret-empty" });
    expect(() => proof.sign(Buffer.from(form), given, at)).toThrow(InboundError);
  });
});
