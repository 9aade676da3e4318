import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hmac } from "#lib/proofs/hmac.ts";
import type { HmacSettings } from "#lib/proofs/hmac-settings.ts";
import { bamboo, body, deliver, id, key, now, type Secret } from "./hmac-deliveries.ts";

describe("HMAC", () => {
  describe("of time", () => {
    const secret = { key: "k" };
    const seconds = Math.floor(now / 1000);
    const withTime = (text: string, given: Partial<HmacSettings<Secret>> = {}) => {
      const mac = createHmac("sha256", "k").update(body).update(text).digest("hex");
      const proof = hmac<Secret>({ ...bamboo, ...given });
      const headers = { "x-signature": mac, "x-timestamp": text };
      return proof.verify(deliver({ headers, body }, seconds * 1000), secret);
    };

    it("puts the header's text unchanged into the template, leading zeros included", () => {
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
    ])("refuses the timestamp %j, although it is signed correctly", (text) => {
      const reason = text === "" ? "timestamp-missing" : "timestamp-malformed";
      expect(withTime(text)).toMatchObject({ ok: false, reason });
    });

    it("is accepted within the tolerance, exact to the second, in the past and the future", () => {
      expect(withTime(String(seconds - 300))).toMatchObject({ ok: true });
      expect(withTime(String(seconds - 301))).toMatchObject({ ok: false, reason: "timestamp-stale" });
      expect(withTime(String(seconds + 300))).toMatchObject({ ok: true });
      expect(withTime(String(seconds + 301))).toMatchObject({ ok: false, reason: "timestamp-early" });
    });

    it("has separate tolerances for the past and the future, each of which may be none", () => {
      const timestamp = { header: "x-timestamp", unit: "seconds" } as const;
      const pastOnly = { timestamp: { ...timestamp, toleranceSeconds: { past: 10 } } };
      expect(withTime(String(seconds - 11), pastOnly)).toMatchObject({
        ok: false,
        reason: "timestamp-stale",
      });
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

    it("accepts base64 without its padding, and no other spelling of the same bytes", () => {
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

    it("refuses a query parameter that occurs twice, and accepts a plus that became a space", () => {
      const proof = hmac<Secret>({
        algorithm: "sha512",
        key,
        signed: "{body}",
        signature: { query: "signature", encoding: "base64" },
      });
      expect(proof.proofParameters).toEqual(["signature"]);
      const { query } = proof.sign(body, secret, { now, id });
      const signature = query?.signature as string;
      expect(signature).toContain("+");
      const holds = (search: string) =>
        proof.verify({ ...deliver({ headers: {}, body }), query: new URLSearchParams(search) }, secret);
      expect(holds(`signature=${signature}`)).toMatchObject({ ok: true });
      expect(holds(`signature=${encodeURIComponent(signature)}`)).toMatchObject({ ok: true });
      const twice = `signature=${encodeURIComponent(signature)}`;
      expect(holds(`${twice}&${twice}`)).toMatchObject({ ok: false, reason: "proof-malformed" });
    });

    it("reads a signature inside the body by own keys only", () => {
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
});
