import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hmac } from "#lib/proofs/hmac.ts";
import type { HmacSettings, KeyEncoding } from "#lib/proofs/hmac-settings.ts";
import * as fc from "../properties.ts";
import {
  bamboo,
  body,
  deliver,
  id,
  key,
  now,
  readVectors,
  verifyVector,
  type Secret,
  type Vector,
} from "./hmac-deliveries.ts";

/** What the sender said before it wrote `proof.signature` into the body. */
function withoutSignature(body: Uint8Array): Uint8Array {
  const document = JSON.parse(Buffer.from(body).toString()) as { proof: { signature?: string } };
  delete document.proof.signature;
  return Buffer.from(JSON.stringify(document));
}

describe("HMAC", () => {
  it("agrees with the delivery that BambooHR signed", () => {
    const vector = readVectors("bamboohr") as Vector & { secret: { privateKey: string } };
    const rule = (signed: string) =>
      hmac<Secret>({
        ...bamboo,
        signed,
        signature: { header: "x-bamboohr-signature", encoding: "hex" },
        timestamp: { header: "x-bamboohr-timestamp", unit: "seconds", toleranceSeconds: 300 },
      });
    const secret = { key: vector.secret.privateKey };
    expect(verifyVector(rule("{body}{timestamp}"), vector, secret)).toMatchObject({ ok: true });
    expect(verifyVector(rule("{body}{header:x-bamboohr-timestamp}"), vector, secret)).toMatchObject({
      ok: true,
    });
    // Many receivers have this order by mistake: only a delivery that the vendor has signed can show it.
    for (const wrong of ["{timestamp}{body}", "{timestamp}.{body}", "{body}.{timestamp}"]) {
      expect(verifyVector(rule(wrong), vector, secret)).toMatchObject({
        ok: false,
        reason: "proof-mismatch",
      });
    }
  });

  it("agrees with the delivery that Finch signed", () => {
    const vector = readVectors("finch") as Vector & { secret: { webhookSecret: string } };
    const secret = { key: vector.secret.webhookSecret };
    const proof = hmac<Secret>({
      algorithm: "sha256",
      key,
      keyEncoding: "base64",
      signed: "{id}.{timestamp}.{body}",
      signature: { header: "finch-signature", encoding: "base64", separator: " ", prefix: "v1," },
      timestamp: { header: "finch-timestamp", unit: "seconds", toleranceSeconds: 300 },
      deliveryId: { header: "finch-event-id" },
    });
    expect(verifyVector(proof, vector, secret)).toMatchObject({
      ok: true,
      deliveryId: vector.headers["finch-event-id"],
    });
    expect(verifyVector(proof, { ...vector, body: `${vector.body} ` }, secret).ok).toBe(false);
  });

  it("computes what node:crypto computes over the text of the template", () => {
    const proof = hmac<Secret>({ ...bamboo, signed: "v0:{timestamp}:{header:x-tenant}:{sha256:body}" });
    const { headers } = proof.sign(body, { key: "k" }, { now, id });
    const bodyHash = createHash("sha256").update(body).digest("hex");
    expect(headers["x-signature"]).toBe(
      createHmac("sha256", "k")
        .update(`v0:${headers["x-timestamp"]}:${headers["x-tenant"]}:${bodyHash}`)
        .digest("hex"),
    );
  });

  const algorithm = fc.constantFrom("sha1", "sha256", "sha512");
  const encoding = fc.constantFrom("hex", "base64", "base64url");
  const unit = fc.constantFrom("seconds", "milliseconds");
  const toleranceSeconds = fc.constantFrom(undefined, 0.999, 300, { past: 180 }, { past: 300, future: 60 });
  /** Settings by the place of the signature, each with the templates that this place allows. */
  const settings: fc.Arbitrary<HmacSettings<Secret>> = fc
    .tuple(
      algorithm,
      fc.oneof(
        fc.record(
          { header: fc.constant("x-signature"), encoding, prefix: fc.constantFrom("sha256=", "v1=") },
          {
            requiredKeys: ["header", "encoding"],
          },
        ),
        fc.record({
          header: fc.constant(["x-signature", "x-other-signature"]),
          encoding,
          prefix: fc.constant("v1,"),
          separator: fc.constantFrom(" ", [", ", " "]),
        }),
        fc.record({ header: fc.constant("x-signature"), encoding, pair: fc.constant("v1") }),
        fc.record({ query: fc.constant("signature"), encoding }),
        fc.record({ json: fc.constant("proof.signature"), encoding }),
      ),
      fc.constantFrom(
        "{body}",
        "{sha256:body}",
        "{json:name}",
        "{header:x-tenant}:{body}",
        "{query:a}{body}",
      ),
      fc.record(
        { unit, toleranceSeconds: toleranceSeconds.filter((value) => value !== undefined) },
        { requiredKeys: ["unit"] },
      ),
      fc.constantFrom("none", "header", "pair", "json"),
      fc.boolean(),
      fc.constantFrom("utf8", "base64", "hex", "whsec"),
    )
    .map((choice) => settingsOf(...choice));

  function settingsOf(
    algorithmName: HmacSettings<Secret>["algorithm"],
    signature: HmacSettings<Secret>["signature"],
    template: string,
    time: { unit: "seconds" | "milliseconds" },
    timestampPlace: "none" | "header" | "pair" | "json",
    hasId: boolean,
    keyEncoding: KeyEncoding,
  ): HmacSettings<Secret> {
    const several = "header" in signature && Array.isArray(signature.header);
    const names = (name: string) => (several ? [name, `other-${name}`] : name);
    const signed = "json" in signature ? "{json:name}" : template;
    const timestamp =
      timestampPlace === "header"
        ? { ...time, header: names("x-timestamp") }
        : timestampPlace === "pair" && "pair" in signature
          ? { ...time, pair: "t" }
          : timestampPlace === "json"
            ? { ...time, json: "sent.at" }
            : undefined;
    return {
      algorithm: algorithmName,
      key,
      keyEncoding,
      signed: `${hasId ? "{id}." : ""}${timestamp ? "{timestamp}." : ""}${signed}`,
      signature,
      ...(timestamp && { timestamp }),
      ...(hasId && { deliveryId: { header: names("x-id") } }),
    };
  }
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 64 });
  const document = fc.record({ name: fc.string({ unit: "grapheme" }), other: fc.jsonValue({ maxDepth: 1 }) });

  it("accepts what it signs, for any settings, key, body and time, and refuses every change of it", () => {
    fc.assert(
      fc.property(
        settings,
        bytes,
        bytes,
        document,
        fc.integer({ min: 0, max: 4e12 }),
        (given, keyBytes, otherBytes, json, time) => {
          const proof = hmac(given);
          const write = (raw: Uint8Array) =>
            Buffer.from(raw).toString(
              given.keyEncoding === "hex" || given.keyEncoding === "utf8" ? "hex" : "base64",
            );
          const secret = { key: write(keyBytes) };
          const request = proof.sign(Buffer.from(JSON.stringify(json)), secret, { now: time, id });
          const delivery = deliver(request, time);
          const sentAt = given.timestamp?.unit === "milliseconds" ? time : Math.floor(time / 1000) * 1000;
          expect(proof.verify(delivery, secret)).toEqual({
            ok: true,
            payload: "json" in given.signature ? withoutSignature(request.body) : request.body,
            ...(given.timestamp && { sentAt }),
            ...(given.deliveryId && { deliveryId: id }),
          });
          expect(proof.verify(delivery, { key: ["", write(otherBytes), secret.key] }).ok).toBe(true);
          const isOther = !Buffer.from(keyBytes).equals(otherBytes);
          expect(proof.verify(delivery, { key: write(otherBytes) }).ok).toBe(!isOther);
          const changed = { ...delivery, body: Buffer.concat([request.body, Buffer.from(" ")]) };
          expect(proof.verify(changed, secret).ok).toBe(!proof.coversBody);
          const none = { ...delivery, headers: {}, query: new URLSearchParams() };
          expect(proof.verify({ ...none, body: Buffer.from("{}") }, secret).ok).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("never throws, whatever is delivered", () => {
    const names = [
      "x-signature",
      "x-other-signature",
      "x-timestamp",
      "other-x-timestamp",
      "x-id",
      "x-tenant",
    ];
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom("v1,", "t=1,v1=", "1769884925", "v1=aa", ",,,", "=", " "),
    );
    fc.assert(
      fc.property(settings, fc.dictionary(fc.constantFrom(...names), texts), bytes, (given, headers, raw) => {
        const delivery = {
          ...deliver({ headers, body: raw }),
          query: new URLSearchParams({ signature: "x" }),
        };
        expect(hmac(given).verify(delivery, { key: "c2VjcmV0LXNlY3JldA==" }).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("signs no property that every object inherits", () => {
    const proof = hmac<Secret>({
      algorithm: "sha256",
      key,
      signed: "{json:constructor.name}",
      signature: { header: "x-signature", encoding: "hex" },
    });
    const headers = { "x-signature": createHmac("sha256", "k").update("Object").digest("hex") };
    expect(proof.verify(deliver({ headers, body }), { key: "k" })).toMatchObject({
      ok: false,
      reason: "proof-malformed",
    });
  });

  it("finds no key in a secret that is empty or badly encoded", () => {
    for (const [keyEncoding, text] of [
      ["utf8", ""],
      ["hex", "abc"],
      ["hex", "xyz0"],
      ["base64", "a b"],
      ["whsec", "whsec_"],
      ["whsec", "whsec_!"],
    ] as const) {
      const proof = hmac<Secret>({ ...bamboo, keyEncoding });
      const { headers } = hmac<Secret>(bamboo).sign(body, { key: "x" }, { now, id });
      for (const given of [text, [text], [text, ""], []]) {
        expect(proof.verify(deliver({ headers, body }), { key: given })).toMatchObject({
          ok: false,
          reason: "secret-empty",
        });
      }
    }
  });

  it("reads the key of a secret once", () => {
    let reads = 0;
    const proof = hmac<Secret>({ ...bamboo, key: (secret) => (reads++, secret.key) });
    const secret = { key: "k" };
    const delivery = deliver(proof.sign(body, secret, { now, id }));
    for (let round = 0; round < 3; round++) expect(proof.verify(delivery, secret).ok).toBe(true);
    expect(reads).toBe(1);
  });

  it.each<[string, Partial<HmacSettings<Secret>>]>([
    ["add {body}", { signed: "constant", timestamp: undefined as never }],
    ["unknown placeholder {nonce}", { signed: "{nonce}{body}{timestamp}" }],
    ["brace without its partner", { signed: "{body}{timestamp" }],
    ["where it is found", { timestamp: undefined as never }],
    ["where it is found", { signed: "{id}{body}{timestamp}" }],
    ["add {timestamp}", { signed: "{body}" }],
    ["add {id}", { deliveryId: { header: "x-id" } }],
    ["lower case", { signature: { header: "X-Signature", encoding: "hex" } }],
    ["lower case", { signed: "{body}{timestamp}{header:X}" }],
    ["at least one header", { signature: { header: [], encoding: "hex" } }],
    ["its own position", { signature: { header: ["a", "b"], encoding: "hex" } }],
    ["0 or more", { timestamp: { header: "x-timestamp", unit: "seconds", toleranceSeconds: -1 } }],
    [
      "0 or more",
      { timestamp: { header: "x-timestamp", unit: "seconds", toleranceSeconds: { future: NaN } } },
    ],
    ["no prefix and no separator", { signature: { header: "a", encoding: "hex", pair: "v1", prefix: "x" } }],
    ["beside the signature's pair", { timestamp: { pair: "t", unit: "seconds" } }],
    ["separator is empty", { signature: { header: "a", encoding: "hex", separator: "" } }],
    ["cannot cover the body", { signature: { json: "signature", encoding: "hex" } }],
    ["dots between them", { signed: "{timestamp}{json:a..b}" }],
  ])("refuses a wrong definition and says what to do: %s", (advice, wrong) => {
    expect(() => hmac<Secret>({ ...bamboo, ...wrong })).toThrow(TypeError);
    expect(() => hmac<Secret>({ ...bamboo, ...wrong })).toThrow(advice);
  });
});
