import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";

interface Secret {
  readonly headers: Readonly<Record<string, string>>;
}

const body = Buffer.from('{"name":"欧阳娜娜"}');
const at = { now: Date.parse("2026-01-31T18:42:05Z"), id: "msg_1" };
const proof = namedHeaders<Secret>({ headers: ({ headers }) => headers });
const secret: Secret = { headers: { "X-Token": "invented-token-0001", authorization: "Basic aW52ZW50ZWQ=" } };
const right = { "x-token": "invented-token-0001", authorization: "Basic aW52ZW50ZWQ=" };

function deliver(headers: Readonly<Record<string, string>>): Delivery {
  return { method: "POST", headers, rawQuery: "", query: new URLSearchParams(), body, receivedAt: at.now };
}

const verify = (headers: Readonly<Record<string, string>>, by = secret) => proof.verify(deliver(headers), by);

describe("headers that the secret names", () => {
  it("are what sign makes, and hand back the body", () => {
    const signed = proof.sign(body, secret, at);
    expect(signed).toEqual({ headers: right, body });
    expect(verify(signed.headers)).toEqual({ ok: true, payload: body });
    expect(proof).toMatchObject({ name: "named-headers", coversBody: false, refusesStale: false });
  });

  it.each(Object.keys(right))("are all needed: %s", (header) => {
    const { [header as keyof typeof right]: _, ...others } = right;
    const place = "header that the secret names";
    expect(verify(others)).toEqual({ ok: false, reason: "proof-missing", differs: { place } });
    expect(verify({ ...right, [header]: "" })).toMatchObject({ reason: "proof-missing" });
    for (const wrong of ["x", `${right[header as keyof typeof right]}0`, "Invented-token-0001"]) {
      const refused = { ok: false, reason: "proof-mismatch", differs: { place } };
      expect(verify({ ...right, [header]: wrong })).toEqual(refused);
    }
    const value = right[header as keyof typeof right];
    expect(verify({ ...right, [header]: `${value},${value}` })).toMatchObject({ reason: "proof-mismatch" });
  });

  it("are not taken from what a request only inherits", () => {
    expect(verify(Object.create(right) as {})).toMatchObject({ reason: "proof-missing" });
  });

  it.each<[string, Secret["headers"]]>([
    ["no header", {}],
    ["a header without a value", { "x-token": "invented-token-0001", "x-other": " " }],
    ["a header without a name", { "": "invented-token-0001" }],
    ["a name that no header has", { "x token": "invented-token-0001" }],
    ["a header that every request has", { "Content-Type": "application/json" }],
  ])("verify nothing where the secret has %s", (_, headers) => {
    const given = { ...right, "": "invented-token-0001", "content-type": "application/json" };
    expect(verify(given, { headers })).toMatchObject({ ok: false, reason: "secret-empty" });
    expect(() => proof.sign(body, { headers }, at)).toThrow(InboundError);
  });

  it("are read once for each secret", () => {
    let reads = 0;
    const counted = namedHeaders<Secret>({ headers: ({ headers }) => (reads++, headers) });
    for (let round = 0; round < 3; round++) expect(counted.verify(deliver(right), secret).ok).toBe(true);
    expect(reads).toBe(1);
  });
});
