import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { encodeQuery, signRequest, writeBody } from "#lib/authing/signature.ts";
import * as fc from "../properties.ts";
import { dataOf, requestVectors } from "./vectors.ts";

// The SDK's own algorithm, from its build; the package exports no more than its clients.
const sdk = createRequire(import.meta.url)("authing-node-sdk/dist/utils/buildSignature.js") as {
  buildStringToSign(method: string, path: string, headers: object, data: object): string;
  buildAuthorization(accessKeyId: string, accessKeySecret: string, text: string): string;
};

describe.each(requestVectors)("the recorded request $name", ({ vector }) => {
  const { method, target, headers } = vector.request;
  const request = { method, path: target.split("?")[0] ?? "", headers, data: dataOf(vector) };

  it("gives the authorization", () => {
    expect(signRequest(request, vector)).toBe(vector.authorization);
  });

  it("gives a different one for a different method, path, header, datum, key or secret", () => {
    for (const forged of [
      { ...request, method: "PUT" },
      { ...request, path: `${request.path}/` },
      { ...request, headers: { ...headers, date: "Mon, 03 Jun 2024 08:09:08 GMT" } },
      { ...request, headers: { ...headers, "x-authing-userpool-id": "1" } },
      { ...request, data: { ...request.data, more: null } },
    ]) {
      expect(signRequest(forged, vector)).not.toBe(vector.authorization);
    }
    for (const key of [
      { ...vector, accessKeySecret: "another" },
      { ...vector, accessKeyId: "another" },
    ]) {
      expect(signRequest(request, key)).not.toBe(vector.authorization);
    }
  });
});

describe("the text that is signed", () => {
  const value = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.string({ unit: "binary" }));
  const data = fc.dictionary(fc.string({ unit: "grapheme" }), value, { maxKeys: 8 });
  const headers = fc.dictionary(
    fc.constantFrom("date", "x-authing-lang", "x-authing-a", "x-authing-b", "content-type", "host", "datex"),
    fc.string({ unit: fc.constantFrom("a", " ", "\t", "é", "张", "\r", "\n") }),
  );
  const method = fc.constantFrom("GET", "POST");

  it("is what the official SDK signs, whatever the request", () => {
    fc.assert(
      fc.property(method, headers, data, (verb, names, body) => {
        const path = "/api/v3/update-user";
        const theirs = sdk.buildStringToSign(verb, path, names, body);
        expect(signRequest({ method: verb, path, headers: names, data: body }, key)).toBe(
          sdk.buildAuthorization(key.accessKeyId, key.accessKeySecret, theirs),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("is the same on both sides of the wire: the receiver signs the body that it parsed", () => {
    fc.assert(
      fc.property(headers, data, (names, body) => {
        const path = "/api/v3/update-user";
        const sent = { method: "POST", path, headers: names };
        // A name without a value keeps its question mark in the signed text, so no request is built with only such names.
        fc.pre(Object.values(body).every((item) => item !== undefined));
        const parsed = JSON.parse(JSON.stringify(body)) as object;
        expect(signRequest({ ...sent, data: parsed }, key)).toBe(signRequest({ ...sent, data: body }, key));
      }),
      { numRuns: 300 },
    );
  });

  const key = { accessKeyId: "invented", accessKeySecret: "发明的-secret" };

  it("is the same for a body that is already JSON text, and that text is what JSON.stringify gives", () => {
    // Longer than the limit of the ordinary encoding, with all kinds of characters.
    const long = fc.constantFrom("é", "张", "𠮷", "\ud800", "\ufeff").map((text) => [text.repeat(5000)]);
    const longData = fc.dictionary(fc.string({ unit: "grapheme" }), fc.oneof(value, long), { maxKeys: 8 });
    fc.assert(
      fc.property(headers, longData, (names, body) => {
        const written = writeBody(body);
        expect(written.body.toString()).toBe(JSON.stringify(body));
        const sent = { method: "POST", path: "/api/v3/update-user", headers: names };
        fc.pre(Object.values(body).every((item) => item !== undefined));
        expect(signRequest({ ...sent, data: written.data }, key)).toBe(
          signRequest({ ...sent, data: body }, key),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("the query", () => {
  it("writes arrays with brackets and encodes every value", () => {
    expect(
      encodeQuery({ userIds: ["a b", "ou:1"], withPost: false, absent: undefined, name: "张&三=+" }),
    ).toBe("userIds%5B%5D=a%20b&userIds%5B%5D=ou%3A1&withPost=false&name=%E5%BC%A0%26%E4%B8%89%3D%2B");
  });
});
