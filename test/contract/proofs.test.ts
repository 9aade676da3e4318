import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, it } from "vitest";
import type { Delivery, ImmediateProof, SignedRequest } from "#lib/contract/source.ts";
import { hmac, type HmacSettings, type KeyEncoding } from "#lib/proofs/hmac.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";

interface Secret {
  readonly key: string | readonly string[];
}

interface Vector {
  readonly secrets?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Seconds since 1970. */
  readonly now: number;
}

const readVectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/senders/${name}.json`, import.meta.url), "utf8")) as unknown;

const now = Date.parse("2026-01-31T18:42:05.678Z");
const id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
const body = Buffer.from('{"name":"张三 Zoë"}');
const key = (secret: Secret) => secret.key;
const bamboo: HmacSettings<Secret> = {
  algorithm: "sha256",
  key,
  signed: "{body}{timestamp}",
  signature: { header: "x-signature", encoding: "hex" },
  timestamp: { header: "x-timestamp", unit: "seconds", toleranceSeconds: 300 },
};

function deliver(request: SignedRequest, receivedAt = now): Delivery {
  return {
    method: "POST",
    headers: request.headers,
    rawQuery: new URLSearchParams(request.query).toString(),
    query: new URLSearchParams(request.query),
    body: request.body,
    receivedAt,
  };
}

function verifyVector(
  proof: ImmediateProof<Secret>,
  { headers, body: text, now: seconds }: Vector,
  secret: Secret,
) {
  return proof.verify(deliver({ headers, body: Buffer.from(text) }, seconds * 1000), secret);
}

describe("Standard Webhooks", () => {
  const proof = standardWebhooks<Secret>({ key });
  const secret = { key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  const { cases } = readVectors("standard-webhooks") as {
    cases: (Required<Vector> & { name: string; valid: boolean })[];
  };

  it.each(cases)("agrees with the published vector: $name", (vector) => {
    expect(verifyVector(proof, vector, { key: vector.secrets }).ok).toBe(vector.valid);
  });

  it("accepts what the official packages sign, with either set of headers", () => {
    const timestamp = new Date(now);
    for (const Webhook of [StandardWebhook, SvixWebhook]) {
      const signature = new Webhook(secret.key).sign(id, timestamp, body.toString());
      for (const set of ["webhook", "svix"]) {
        const headers = {
          [`${set}-id`]: id,
          [`${set}-timestamp`]: String(Math.floor(now / 1000)),
          [`${set}-signature`]: signature,
        };
        expect(proof.verify(deliver({ headers, body }), secret)).toEqual({
          ok: true,
          payload: body,
          sentAt: Math.floor(now / 1000) * 1000,
          deliveryId: id,
        });
      }
    }
  });

  it("signs what the official packages accept", () => {
    const present = Date.now();
    const asWebhook = proof.sign(body, secret, { now: present, id }).headers;
    const asSvix = standardWebhooks<Secret>({ key, headerSets: ["svix"] }).sign(body, secret, {
      now: present,
      id,
    }).headers;
    expect(new StandardWebhook(secret.key).verify(body.toString(), { ...asWebhook })).toEqual({
      name: "张三 Zoë",
    });
    expect(() => new SvixWebhook(secret.key).verify(body.toString(), { ...asSvix })).not.toThrow();
    expect(() => new SvixWebhook(secret.key).verify(`${body.toString()} `, { ...asSvix })).toThrow(
      "signature",
    );
  });

  it("takes secrets as Supabase writes them, several at a time, and signatures separated by a comma and a space", () => {
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const supabase = { key: `v1,${secret.key}|v1,${other}` };
    const one = proof.sign(body, { key: other }, { now, id }).headers;
    const two = proof.sign(body, secret, { now, id }).headers;
    const headers = {
      ...one,
      "webhook-signature": `${one["webhook-signature"]}, ${two["webhook-signature"]}`,
    };
    expect(proof.verify(deliver({ headers, body }), supabase).ok).toBe(true);
    expect(proof.verify(deliver({ headers: one, body }), supabase).ok).toBe(true);
    expect(proof.verify(deliver({ headers, body }), { key: "v1,whsec_" })).toEqual({
      ok: false,
      reason: "secret-empty",
    });
  });

  it("never mixes two sets of headers", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const mixed = {
      "svix-id": id,
      "webhook-timestamp": headers["webhook-timestamp"] as string,
      "svix-signature": headers["webhook-signature"] as string,
    };
    expect(proof.verify(deliver({ headers: mixed, body }), secret)).toEqual({
      ok: false,
      reason: "timestamp-missing",
    });
  });

  it("accepts the right signature under its own label only", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const signature = headers["webhook-signature"] as string;
    const refused = ["v2,", "v1a,", "V1,", "", "v1", "v1=", " v1,"].filter((label) => {
      const relabelled = { ...headers, "webhook-signature": signature.replace("v1,", label) };
      return !proof.verify(deliver({ headers: relabelled, body }), secret).ok;
    });
    // The space separates.
    expect(refused).toEqual(["v2,", "v1a,", "V1,", "", "v1", "v1="]);
  });

  it("skips the asymmetric signatures in a list", () => {
    const { headers } = proof.sign(body, secret, { now, id });
    const list = `v1a,${"A".repeat(86)}== ${headers["webhook-signature"]}`;
    const accepted = { ...headers, "webhook-signature": list };
    expect(proof.verify(deliver({ headers: accepted, body }), secret).ok).toBe(true);
  });
});

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
    // The order that many receivers have by mistake: only a delivery of the vendor's own tells.
    for (const wrong of ["{timestamp}{body}", "{timestamp}.{body}", "{body}.{timestamp}"]) {
      expect(verifyVector(rule(wrong), vector, secret)).toEqual({ ok: false, reason: "proof-mismatch" });
    }
  });

  it("agrees with the delivery that Finch signed", () => {
    const vector = readVectors("finch") as Vector & { secret: string };
    const proof = hmac<Secret>({
      algorithm: "sha256",
      key,
      keyEncoding: "base64",
      signed: "{id}.{timestamp}.{body}",
      signature: { header: "finch-signature", encoding: "base64", separator: " ", prefix: "v1," },
      timestamp: { header: "finch-timestamp", unit: "seconds", toleranceSeconds: 300 },
      deliveryId: { header: "finch-event-id" },
    });
    expect(verifyVector(proof, vector, { key: vector.secret })).toMatchObject({
      ok: true,
      deliveryId: vector.headers["finch-event-id"],
    });
    expect(verifyVector(proof, { ...vector, body: `${vector.body} ` }, { key: vector.secret }).ok).toBe(
      false,
    );
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
  /** Settings by the place of the signature; each with the templates that place allows. */
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

  it("verifies what it signs, for any settings, key, body and time, and nothing that differs", () => {
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
            payload: request.body,
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

  describe("of time", () => {
    const secret = { key: "k" };
    const seconds = Math.floor(now / 1000);
    const withTime = (text: string, given: Partial<HmacSettings<Secret>> = {}) => {
      const mac = createHmac("sha256", "k").update(body).update(text).digest("hex");
      const proof = hmac<Secret>({ ...bamboo, ...given });
      const headers = { "x-signature": mac, "x-timestamp": text };
      return proof.verify(deliver({ headers, body }, seconds * 1000), secret);
    };

    it("takes the header's text into the template, leading zeros and all", () => {
      expect(withTime(`0${seconds}`)).toMatchObject({ ok: true, sentAt: seconds * 1000 });
    });

    it.each([
      "",
      " 1",
      "1e9",
      "-5",
      "+5",
      "1769884925.0",
      "Infinity",
      "NaN",
      "0x10",
      "１７６９",
      "9".repeat(16),
    ])("refuses the timestamp %j, rightly signed", (text) => {
      const reason = text === "" ? "timestamp-missing" : "timestamp-malformed";
      expect(withTime(text)).toEqual({ ok: false, reason });
    });

    it("is tolerant to the second, both ways", () => {
      expect(withTime(String(seconds - 300))).toMatchObject({ ok: true });
      expect(withTime(String(seconds - 301))).toEqual({ ok: false, reason: "timestamp-stale" });
      expect(withTime(String(seconds + 300))).toMatchObject({ ok: true });
      expect(withTime(String(seconds + 301))).toEqual({ ok: false, reason: "timestamp-early" });
    });

    it("is tolerant each way by itself, or not at all", () => {
      const timestamp = { header: "x-timestamp", unit: "seconds" } as const;
      const pastOnly = { timestamp: { ...timestamp, toleranceSeconds: { past: 10 } } };
      expect(withTime(String(seconds - 11), pastOnly)).toEqual({ ok: false, reason: "timestamp-stale" });
      expect(withTime(String(seconds + 9999), pastOnly)).toMatchObject({ ok: true });
      expect(withTime("1", { timestamp })).toMatchObject({ ok: true, sentAt: 1000 });
      expect(hmac<Secret>({ ...bamboo, timestamp }).refusesStale).toBe(false);
      expect(hmac<Secret>(bamboo).refusesStale).toBe(true);
    });
  });

  describe("of layouts", () => {
    const secret = { key: "k" };
    const right = createHmac("sha256", "k")
      .update(`${Math.floor(now / 1000)}.`)
      .update(body)
      .digest("hex");
    const wrong = "0".repeat(64);
    const pairs = hmac<Secret>({
      algorithm: "sha256",
      key,
      signed: "{timestamp}.{body}",
      signature: { header: ["zitadel-signature", "x-zitadel-signature"], encoding: "hex", pair: "v1" },
      timestamp: { pair: "t", unit: "seconds", toleranceSeconds: { past: 300 } },
    });
    const t = `t=${Math.floor(now / 1000)}`;

    it.each([
      [`${t},v1=${right}`, true],
      [`${t}, v1=${right}`, true],
      [`v1=${right},${t}`, true],
      [`${t},v1=${wrong},v1=${right}`, true],
      [`${t},v0=${right},v1=${right.toUpperCase()}`, true],
      [`${t},v0=${right}`, false],
      [`${t},${t},v1=${right}`, false],
      [`v1=${right}`, false],
      [`${t},v1=`, false],
      [`${t},v1=${right.slice(0, -2)}`, false],
      [`${t},${"v1=aa,".repeat(40)}v1=${right}`, false],
      ["x".repeat(5000), false],
    ])("reads pairs: %s", (header, isRight) => {
      for (const name of ["zitadel-signature", "x-zitadel-signature"]) {
        expect(pairs.verify(deliver({ headers: { [name]: header }, body }), secret).ok).toBe(isRight);
      }
    });

    it("takes base64 without its padding, and no other spelling of the same bytes", () => {
      const proof = hmac<Secret>({
        algorithm: "sha256",
        key,
        signed: "{body}",
        signature: { header: "x-signature", encoding: "base64" },
      });
      const signature = proof.sign(body, secret, { now, id }).headers["x-signature"] as string;
      const holds = (text: string) =>
        proof.verify(deliver({ headers: { "x-signature": text }, body }), secret).ok;
      expect(holds(signature)).toBe(true);
      expect(holds(signature.replace("=", ""))).toBe(true);
      const last = signature.at(-2) as string;
      const spare = String.fromCharCode(last.charCodeAt(0) + 1);
      expect(Buffer.from(signature, "base64")).toEqual(
        Buffer.from(signature.replace(`${last}=`, `${spare}=`), "base64"),
      );
      expect(holds(signature.replace(`${last}=`, `${spare}=`))).toBe(false);
    });

    it("refuses a query parameter that comes twice, and mends a plus that became a space", () => {
      const proof = hmac<Secret>({
        algorithm: "sha512",
        key,
        signed: "{body}",
        signature: { query: "signature", encoding: "base64" },
      });
      const { query } = proof.sign(body, secret, { now, id });
      const signature = query?.signature as string;
      expect(signature).toContain("+");
      const holds = (search: string) =>
        proof.verify({ ...deliver({ headers: {}, body }), query: new URLSearchParams(search) }, secret);
      expect(holds(`signature=${signature}`)).toMatchObject({ ok: true });
      expect(holds(`signature=${encodeURIComponent(signature)}`)).toMatchObject({ ok: true });
      const twice = `signature=${encodeURIComponent(signature)}`;
      expect(holds(`${twice}&${twice}`)).toEqual({ ok: false, reason: "proof-malformed" });
    });

    it("reads a signature inside of the body by own keys only", () => {
      const proof = hmac<Secret>({
        algorithm: "sha256",
        key,
        signed: "{json:token}{timestamp}",
        signature: { json: "signature", encoding: "hex" },
        timestamp: { json: "triggeredAt", unit: "milliseconds" },
      });
      expect(proof.coversBody).toBe(false);
      const request = proof.sign(Buffer.from('{"token":"t1"}'), secret, { now, id });
      expect(JSON.parse(request.body.toString())).toMatchObject({ token: "t1", triggeredAt: now });
      expect(proof.verify(deliver(request), secret)).toMatchObject({ ok: true, sentAt: now });
      for (const text of ["", "null", "[]", "{", '{"__proto__":{"signature":"aa"}}', '{"signature":{}}']) {
        expect(proof.verify(deliver({ headers: {}, body: Buffer.from(text) }), secret).ok).toBe(false);
      }
    });
  });

  it("signs nothing that every object has by birth", () => {
    const proof = hmac<Secret>({
      algorithm: "sha256",
      key,
      signed: "{json:constructor.name}",
      signature: { header: "x-signature", encoding: "hex" },
    });
    const headers = { "x-signature": createHmac("sha256", "k").update("Object").digest("hex") };
    expect(proof.verify(deliver({ headers, body }), { key: "k" })).toEqual({
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
        expect(proof.verify(deliver({ headers, body }), { key: given })).toEqual({
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
