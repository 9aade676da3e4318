import { describe, expect, it } from "vitest";
import { accessLogFormat } from "#infra/aws/access-log.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";

interface Secret {
  readonly token: string | readonly string[];
}

const body = Buffer.from("{}");
const secret: Secret = { token: "invented-path-token-0001" };
const value = ({ token }: Secret) => token;
const inPath = urlSecret<Secret>({ place: "path", value });
const inQuery = urlSecret<Secret>({ place: { query: "token" }, value });

function delivery(rawQuery: string, pathToken?: string): Delivery {
  return {
    method: "GET",
    headers: {},
    rawQuery,
    query: new URLSearchParams(rawQuery),
    ...(pathToken !== undefined && { pathToken }),
    body,
    receivedAt: 0,
  };
}

describe("a secret in the path", () => {
  const verify = (pathToken?: string, by = secret) => inPath.verify(delivery("", pathToken), by);

  it("is what sign puts there", () => {
    const signed = inPath.sign(body, secret, { now: 0, id: "m" });
    expect(signed).toEqual({ headers: {}, pathToken: "invented-path-token-0001", body });
    expect(verify(signed.pathToken)).toEqual({ ok: true, payload: body });
    expect(inPath).toMatchObject({ readsPathToken: true, coversBody: false, refusesStale: false });
  });

  it.each([
    "invented-path-token-0002",
    "invented-path-token-000",
    "invented-path-token-0001/",
    "/invented-path-token-0001",
    "INVENTED-PATH-TOKEN-0001",
    "invented-path-token-0001/invented-path-token-0001",
    "invented%2Dpath%2Dtoken%2D0001",
  ])("is refused as %s", (token) => {
    expect(verify(token)).toMatchObject({ ok: false, reason: "proof-mismatch" });
  });

  it("is missing where the path has none", () => {
    expect(verify()).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(verify("")).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(inPath.verify(delivery("token=invented-path-token-0001"), secret)).toMatchObject({ ok: false });
  });

  it("may be the current or the previous one during a rotation", () => {
    const both = { token: ["invented-path-token-0002", "invented-path-token-0001"] };
    expect(verify("invented-path-token-0001", both).ok).toBe(true);
    expect(inPath.sign(body, both, { now: 0, id: "m" }).pathToken).toBe("invented-path-token-0002");
  });

  it.each([
    "",
    "short-token-015",
    "with a space in the middle",
    "with/slashes/in/the/middle",
    "percent%2Fencoded-0001",
    "张三张三张三张三张三张三张三张三",
  ])("is no secret when it is %j", (token) => {
    expect(verify(token, { token })).toMatchObject({ ok: false, reason: "secret-empty" });
    expect(() => inPath.sign(body, { token }, { now: 0, id: "m" })).toThrow(InboundError);
  });
});

describe("a secret in the query", () => {
  const verify = (rawQuery: string) => inQuery.verify(delivery(rawQuery), secret);

  it("is what sign puts there, and is not passed on with the query", () => {
    const signed = inQuery.sign(body, secret, { now: 0, id: "m" });
    expect(signed.query).toEqual({ token: "invented-path-token-0001" });
    expect(verify("a=1&token=invented-path-token-0001")).toEqual({ ok: true, payload: body });
    expect(inQuery).toMatchObject({ proofParameters: ["token"] });
    expect(inQuery).not.toHaveProperty("readsPathToken");
  });

  it("is refused when it occurs twice, is a different one, or is missing", () => {
    const right = "token=invented-path-token-0001";
    expect(verify(`${right}&${right}`)).toMatchObject({ ok: false, reason: "proof-malformed" });
    expect(verify(`${right}2`)).toMatchObject({ ok: false, reason: "proof-mismatch" });
    expect(verify("Token=invented-path-token-0001")).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(verify("")).toMatchObject({ ok: false, reason: "proof-missing" });
  });

  it("needs the name of a parameter", () => {
    expect(() => urlSecret<Secret>({ place: { query: "a=b&c" }, value })).toThrow(TypeError);
  });
});

it.each([false, true])(
  "is in no access log, with or without addresses (%s): the log of the gateway holds routes, neither paths nor queries nor headers",
  (logsAddresses) => {
    const variables = Array.from(
      accessLogFormat(logsAddresses).matchAll(/\$context\.([\w.]+)/g),
      ([, name]) => name,
    );
    expect(variables).toContain("routeKey");
    const known = /^(requestId|routeKey|status|responseLatency|integrationLatency|integrationErrorMessage)$/;
    expect(variables.filter((name = "") => !known.test(name))).toEqual(
      logsAddresses ? ["identity.sourceIp"] : [],
    );
  },
);
