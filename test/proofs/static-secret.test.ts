import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery, Proof } from "#lib/contract/proof.ts";
import { defineSource } from "#lib/contract/source.ts";
import { basicAuth, staticHeader } from "#lib/proofs/static-secret.ts";
import * as fc from "../properties.ts";

interface Secret {
  readonly value: string | readonly string[];
}
interface Login {
  readonly username: string;
  readonly password: string | readonly string[];
}

const body = Buffer.from('{"name":"欧阳娜娜"}');
const at = { now: Date.parse("2026-01-31T18:42:05Z"), id: "msg_1" };
const header = staticHeader<Secret>({ header: "x-token", value: ({ value }) => value });
const basic = basicAuth<Login>({
  username: ({ username }) => username,
  password: ({ password }) => password,
});

function deliver(headers: Readonly<Record<string, string>>): Delivery {
  return { method: "POST", headers, rawQuery: "", query: new URLSearchParams(), body, receivedAt: at.now };
}

describe("a static header", () => {
  const secret = { value: "invented-token-0001" };
  const verify = (value: string, by: Secret = secret) => header.verify(deliver({ "x-token": value }), by);

  it("is taken when it has the value of the secret, and hands back the body", () => {
    expect(verify("invented-token-0001")).toEqual({ ok: true, payload: body });
    expect(header.verify(deliver(header.sign(body, secret, at).headers), secret)).toMatchObject({ ok: true });
  });

  it("declares that it covers neither the body nor the time", () => {
    expect([header, basic].map(({ coversBody, refusesStale }) => [coversBody, refusesStale])).toEqual([
      [false, false],
      [false, false],
    ]);
    expect([header.name, basic.name]).toEqual(["static-header", "basic-auth"]);
  });

  it.each([
    ["shorter", "invented-token-000"],
    ["longer", "invented-token-00011"],
    ["in another case", "Invented-token-0001"],
    ["twice", "invented-token-0001,invented-token-0001"],
    ["twice, joined with a space too", "invented-token-0001, invented-token-0001"],
    ["among others", "x,invented-token-0001"],
    ["in space", " invented-token-0001"],
    ["of another length by far", "x".repeat(100_000)],
  ])("is refused when it is %s", (_, value) => {
    expect(verify(value)).toMatchObject({ ok: false, reason: "proof-mismatch" });
  });

  it("is missing when it is absent, empty or only inherited", () => {
    const missing = { ok: false, reason: "proof-missing" };
    expect(header.verify(deliver({}), secret)).toMatchObject(missing);
    expect(verify("")).toMatchObject(missing);
    expect(header.verify(deliver(Object.create({ "x-token": secret.value }) as {}), secret)).toMatchObject(
      missing,
    );
  });

  it("takes each of several values, and signs with the first", () => {
    const several = { value: ["", "new", "old"] };
    expect(verify("new", several)).toMatchObject({ ok: true });
    expect(verify("old", several)).toMatchObject({ ok: true });
    expect(verify("older", several)).toMatchObject({ ok: false, reason: "proof-mismatch" });
    expect(verify("new,old", several)).toMatchObject({ ok: false, reason: "proof-mismatch" });
    expect(header.sign(body, several, at)).toEqual({ headers: { "x-token": "new" }, body });
  });

  it.each([[""], [" \n"], [[]], [["", " "]]])("verifies nothing by the empty secret %j", (value) => {
    for (const given of ["", " ", "undefined", "x"]) {
      expect(verify(given, { value })).toMatchObject({ ok: false, reason: "secret-empty" });
    }
    expect(() => header.sign(body, { value }, at)).toThrow(InboundError);
  });

  it("ignores a line break that was pasted behind a secret", () => {
    expect(verify("invented-token-0001", { value: "invented-token-0001\n" })).toMatchObject({ ok: true });
  });

  it("is taken only when the texts are the same", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (value, given) => {
        const holds = verify(given, { value }).ok;
        expect(holds).toBe(value.trim() !== "" && value.trim() === given);
      }),
      { numRuns: 300 },
    );
  });

  it("reads a secret once", () => {
    let reads = 0;
    const proof = staticHeader<Secret>({ header: "x-token", value: ({ value }) => (reads++, value) });
    for (let round = 0; round < 3; round++) {
      expect(proof.verify(deliver({ "x-token": "invented-token-0001" }), secret).ok).toBe(true);
    }
    expect(reads).toBe(1);
  });

  it.each(["X-Token", "", "x token"])("refuses to be defined for the header %j", (name) => {
    expect(() => staticHeader<Secret>({ header: name, value: () => "x" })).toThrow("write it in lower case");
  });
});

describe("basic authentication", () => {
  const secret = { username: "workday", password: "Señal-张-1" };
  const verify = (authorization: string, by: Login = secret) => basic.verify(deliver({ authorization }), by);
  const login = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it("agrees with the example of RFC 7617", () => {
    const aladdin = { username: "Aladdin", password: "open sesame" };
    expect(basic.sign(body, aladdin, at).headers).toEqual({
      authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    });
    // Section 2.1: UTF-8.
    expect(verify("Basic dGVzdDoxMjPCow==", { username: "test", password: "123£" })).toMatchObject({
      ok: true,
    });
  });

  it("takes the right user name with the right password only", () => {
    expect(verify(login("workday:Señal-张-1"))).toEqual({ ok: true, payload: body });
    for (const wrong of [
      "workday:",
      ":Señal-张-1",
      "workday",
      "Workday:Señal-张-1",
      "workday:Señal-张-2",
      ":",
    ]) {
      expect(verify(login(wrong))).toMatchObject({ ok: false, reason: "proof-mismatch" });
    }
    expect(verify("workday:Señal-张-1")).toMatchObject({ ok: false, reason: "proof-mismatch" });
    const right = login("workday:Señal-张-1");
    expect(verify(`${right},${right}`)).toMatchObject({ ok: false, reason: "proof-mismatch" });
  });

  it("takes each of several passwords", () => {
    const several = { username: "workday", password: ["new", "old"] };
    expect(verify(login("workday:new"), several)).toMatchObject({ ok: true });
    expect(verify(login("workday:old"), several)).toMatchObject({ ok: true });
    expect(verify(login("workday:new,old"), several)).toMatchObject({ ok: false, reason: "proof-mismatch" });
  });

  it.each<Login>([
    { username: "", password: "" },
    { username: "workday", password: "" },
    { username: "", password: "x" },
    { username: "workday", password: [] },
  ])("verifies nothing by the incomplete secret %j", (incomplete) => {
    for (const given of [login(":"), login("workday:"), login(":x"), ""]) {
      expect(verify(given, incomplete)).toMatchObject({ ok: false, reason: "secret-empty" });
    }
  });
});

it("has the type of the secret of its source", () => {
  const source = defineSource({
    name: "own",
    title: "Own",
    secret: z.object({ user: z.string(), password: z.string() }),
    proof: basicAuth({ username: ({ user }) => user, password: ({ password }) => password }),
    redeliversForSeconds: 60,
    split: () => [],
    translate: () => [],
  });
  const proof: Proof<{ user: string; password: string }> = source.proof;
  expect(proof.sign(body, { user: "a", password: "b" }, at).headers).toEqual({ authorization: "Basic YTpi" });
});
