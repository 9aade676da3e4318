import { createCipheriv, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Delivery, SignedRequest } from "#lib/contract/proof.ts";
import { decryptFeishu, feishuHandshake, feishuProof, type FeishuSecret } from "#lib/proofs/feishu.ts";
import * as fc from "../properties.ts";

const { cases } = JSON.parse(
  readFileSync(new URL("../vectors/senders/feishu-decrypt.json", import.meta.url), "utf8"),
) as { cases: { name: string; encryptKey: string; encrypt: string; plain: string }[] };

const verificationToken = "invented-verification-token-0001";
const tokenOnly: FeishuSecret = { verificationToken };
const secret: FeishuSecret = { verificationToken, encryptKey: "invented-encrypt-key-0001" };
const stranger: FeishuSecret = { verificationToken, encryptKey: "invented-encrypt-key-0002" };
const at = { now: Date.parse("2026-01-31T18:42:05.000Z"), id: "1234567890" };

const said = Buffer.from(
  JSON.stringify({
    schema: "2.0",
    header: { event_id: "e1", token: verificationToken },
    event: { name: "张三 Zoë" },
  }),
);
const challenge = { challenge: "ajls384kdjx98XX", token: verificationToken, type: "url_verification" };

function deliver({ headers, body }: Pick<SignedRequest, "headers" | "body">): Delivery {
  return { method: "POST", headers, rawQuery: "", query: new URLSearchParams(), body, receivedAt: at.now };
}
const verify = (request: Pick<SignedRequest, "headers" | "body">, by = secret) =>
  feishuProof.verify(deliver(request), by);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const handshake = (body: Uint8Array, by = secret) => feishuHandshake(deliver({ headers: {}, body }), by);

/** Signs any body as the documentation describes, without the code of lib/proofs. */
function signedByHand(body: Uint8Array, encryptKey = "invented-encrypt-key-0001"): SignedRequest {
  const [timestamp, nonce] = ["1769884925", "1234567890"];
  const signature = createHash("sha256")
    .update(Buffer.concat([Buffer.from(timestamp + nonce + encryptKey), body]))
    .digest("hex");
  return {
    headers: {
      "x-lark-request-timestamp": timestamp,
      "x-lark-request-nonce": nonce,
      "x-lark-signature": signature,
    },
    body,
  };
}

function encrypt(text: string, encryptKey = "invented-encrypt-key-0001", padded = true): string {
  const initial = Buffer.alloc(16, 7);
  const key = createHash("sha256").update(encryptKey).digest();
  const cipher = createCipheriv("aes-256-cbc", key, initial).setAutoPadding(padded);
  return Buffer.concat([initial, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

describe("the encryption of Feishu", () => {
  it.each(cases)("agrees with the published vector: $name", ({ encrypt: encrypted, encryptKey, plain }) => {
    expect(Buffer.from(decryptFeishu(encrypted, encryptKey) ?? []).toString()).toBe(plain);
  });

  it("decrypts no text with a wrong key or wrong padding, and none that is truncated or not base64", () => {
    const encrypted = encrypt(said.toString());
    const key = secret.encryptKey as string;
    expect(decryptFeishu(encrypted, key)).toEqual(said);
    const unpadded = encrypt("x".repeat(32), key, false);
    expect(decryptFeishu(unpadded, key)).toBeUndefined();
    const bytes = Buffer.from(encrypted, "base64");
    const pieces = [0, 15, 16, 17, 31, bytes.length - 1].map((length) =>
      bytes.subarray(0, length).toString("base64"),
    );
    for (const broken of [
      ...pieces,
      encrypted.slice(0, -1),
      `${encrypted}=`,
      `${encrypted.slice(0, -4)}!!!!`,
      "",
      "=",
    ]) {
      expect(decryptFeishu(broken, key)).toBeUndefined();
    }
    // By chance the result with a wrong key may end in valid padding, but it is never the plain text.
    const opened = decryptFeishu(encrypted, "another key");
    expect(opened === undefined || !Buffer.from(opened).equals(said)).toBe(true);
  });

  it("decrypts or refuses any text, and never throws another error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 256 })), fc.string(), (text, key) => {
        expect(decryptFeishu(text, key) ?? Buffer.alloc(0)).toBeInstanceOf(Uint8Array);
      }),
    );
  });
});

describe("a delivery with an Encrypt Key", () => {
  it("is accepted as the documentation describes it", () => {
    expect(verify(signedByHand(json({ encrypt: encrypt(said.toString()) })))).toEqual({
      ok: true,
      payload: said,
    });
  });

  it("is signed over its bytes, not over what they mean", () => {
    const body = Buffer.from(
      `{ "encrypt" : "${encrypt(said.toString()).replaceAll("=", String.raw`\u003d`)}" }`,
    );
    expect(verify(signedByHand(body))).toEqual({ ok: true, payload: said });
    const again = json(JSON.parse(body.toString()));
    expect(verify({ ...signedByHand(body), body: again })).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
    });
  });

  it("is refused when it is signed and not encrypted", () => {
    expect(verify(signedByHand(said))).toMatchObject({ ok: false, reason: "proof-malformed" });
  });

  it("is refused when it is encrypted and not signed", () => {
    const { body } = feishuProof.sign(said, secret, at);
    expect(verify({ headers: {}, body })).toMatchObject({ ok: false, reason: "proof-missing" });
    expect(verify(signedByHand(body, "invented-encrypt-key-0002"))).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
    });
    expect(verify({ headers: {}, body: said })).toMatchObject({ ok: false, reason: "proof-missing" });
  });

  it.each([
    ["another token", { token: "of another app" }, "proof-mismatch"],
    ["a token that begins like ours", { token: verificationToken.slice(0, -1) }, "proof-mismatch"],
    ["no token", {}, "proof-missing"],
    ["an empty token", { token: "" }, "proof-missing"],
    ["a token that is no text", { token: [verificationToken] }, "proof-missing"],
  ])("is refused with a right signature and %s", (_, header, reason) => {
    const body = json({ encrypt: encrypt(JSON.stringify({ schema: "2.0", header, event: {} })) });
    expect(verify(signedByHand(body))).toMatchObject({ ok: false, reason });
  });

  it("is read from its encrypted part only, whatever is beside it", () => {
    const strange = encrypt(JSON.stringify({ header: { token: "of another app" } }));
    const beside = {
      header: { token: verificationToken },
      token: verificationToken,
      event: { name: "李四" },
    };
    expect(verify(signedByHand(json({ ...beside, encrypt: strange })))).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
    });
    expect(verify(signedByHand(json({ ...beside, encrypt: encrypt(said.toString()) })))).toEqual({
      ok: true,
      payload: said,
    });
  });

  it.each([
    ["with another key", { encrypt: encrypt(said.toString(), "another key") }],
    ["into something else than JSON", { encrypt: encrypt("hello world") }],
    ["into a list", { encrypt: encrypt("[1]") }],
    ["into nothing", { encrypt: "" }],
    ["in a list", { encrypt: [encrypt(said.toString())] }],
  ])("is refused when it is encrypted %s", (_, body) => {
    expect(verify(signedByHand(json(body)))).toMatchObject({ ok: false, reason: "proof-malformed" });
  });

  it("may be hours old, because Feishu repeats a delivery for hours", () => {
    const request = feishuProof.sign(said, secret, { ...at, now: at.now - 7 * 3_600_000 });
    expect(verify(request)).toMatchObject({ ok: true });
    expect(feishuProof.refusesStale).toBe(false);
  });
});

describe("a delivery without an Encrypt Key", () => {
  it("is proven by its token, in the header or at the top", () => {
    expect(verify({ headers: {}, body: said }, tokenOnly)).toEqual({ ok: true, payload: said });
    const first = json({
      uuid: "u1",
      token: verificationToken,
      type: "event_callback",
      event: { type: "user_add" },
    });
    expect(verify({ headers: {}, body: first }, tokenOnly)).toEqual({ ok: true, payload: first });
  });

  it("is refused with another token, and without one", () => {
    expect(verify({ headers: {}, body: json({ header: { token: "x" } }) }, tokenOnly)).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
      differs: { place: "body header.token or token" },
    });
    expect(verify({ headers: {}, body: json({ header: {} }) }, tokenOnly)).toMatchObject({
      ok: false,
      reason: "proof-missing",
    });
    expect(verify({ headers: {}, body: Buffer.from("Ping test") }, tokenOnly)).toMatchObject({
      ok: false,
      reason: "proof-malformed",
    });
  });

  it("is refused when it is encrypted, or has the field `encrypt`", () => {
    expect(verify(feishuProof.sign(said, secret, at), tokenOnly)).toMatchObject({
      ok: false,
      reason: "proof-malformed",
    });
    const both = json({ ...JSON.parse(said.toString()), encrypt: null });
    expect(verify({ headers: {}, body: both }, tokenOnly)).toMatchObject({
      ok: false,
      reason: "proof-malformed",
    });
  });

  it("is signed by putting the token into its field", () => {
    const other = { verificationToken: "another" };
    const second = feishuProof.sign(said, other, at);
    expect(JSON.parse(second.body.toString())).toMatchObject({
      header: { event_id: "e1", token: "another" },
    });
    const first = feishuProof.sign(json({ uuid: "u1", type: "event_callback" }), other, at);
    expect(JSON.parse(first.body.toString())).toEqual({
      uuid: "u1",
      type: "event_callback",
      token: "another",
    });
    for (const request of [first, second]) expect(verify(request, other)).toMatchObject({ ok: true });
    expect(() => feishuProof.sign(Buffer.from("[]"), other, at)).toThrow("body-not-a-json-object");
  });

  it("is refused where the Encrypt Key is empty", () => {
    const empty = { verificationToken, encryptKey: "" };
    expect(verify({ headers: {}, body: said }, empty)).toMatchObject({ ok: false, reason: "secret-empty" });
    expect(handshake(json(challenge), empty)).toBeUndefined();
    expect(() => feishuProof.sign(said, empty, at)).toThrow("secret-empty");
  });
});

describe("the check of the URL", () => {
  const answer = {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"challenge":"ajls384kdjx98XX"}',
  };

  it("is answered with its challenge, plain where there is no Encrypt Key and encrypted where there is one", () => {
    expect(handshake(json(challenge), tokenOnly)).toEqual(answer);
    expect(handshake(json({ encrypt: encrypt(JSON.stringify(challenge)) }))).toEqual(answer);
  });

  it("is not answered when it is encrypted without an Encrypt Key, or plain with one", () => {
    expect(handshake(json(challenge))).toBeUndefined();
    expect(handshake(json({ encrypt: encrypt(JSON.stringify(challenge)) }), tokenOnly)).toBeUndefined();
    expect(handshake(json({ encrypt: encrypt(JSON.stringify(challenge)) }), stranger)).toBeUndefined();
    expect(handshake(json({ ...challenge, encrypt: encrypt("{}") }))).toBeUndefined();
  });

  it.each([
    ["another token", { ...challenge, token: "of another app" }],
    ["no token", { challenge: "x", type: "url_verification" }],
    ["no challenge", { token: verificationToken, type: "url_verification" }],
    ["a challenge that is no text", { ...challenge, challenge: { a: 1 } }],
    ["another type", { ...challenge, type: "event_callback" }],
  ])("is not answered with %s", (_, document) => {
    expect(handshake(json(document), tokenOnly)).toBeUndefined();
    expect(handshake(json({ encrypt: encrypt(JSON.stringify(document)) }))).toBeUndefined();
  });

  it("is recognized by its type, also where an event is beside it", () => {
    const [vector] = cases as [(typeof cases)[number]];
    const body = json({ encrypt: vector.encrypt });
    expect(handshake(body, { encryptKey: vector.encryptKey, verificationToken: "v" })).toEqual({
      ...answer,
      body: '{"challenge":"1212"}',
    });
    expect(handshake(body, { encryptKey: vector.encryptKey, verificationToken: "w" })).toBeUndefined();
  });

  it("is never longer than a few lines", () => {
    const long = json({ ...challenge, more: "x".repeat(10_000) });
    expect(handshake(long, tokenOnly)).toBeUndefined();
  });

  it("survives any body", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(handshake(Buffer.from(text), tokenOnly)).toBeUndefined();
        expect(handshake(Buffer.from(text))).toBeUndefined();
      }),
    );
  });
});
