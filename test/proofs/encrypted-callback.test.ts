import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery, SignedRequest } from "#lib/contract/proof.ts";
import { decipher, decodeKey, encipher, encryptedCallback } from "#lib/proofs/encrypted-callback.ts";
import dingtalk from "#lib/sources/dingtalk/index.ts";
import wecom from "#lib/sources/wecom/index.ts";

interface Secret {
  readonly token: string;
  readonly aesKey: string;
  readonly receiver: string | readonly string[];
}

interface Vector {
  readonly name: string;
  readonly secret: Secret & { readonly receiver: string };
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly encrypted: string;
  readonly message: string;
  /** The body that holds `encrypted`. */
  readonly body?: string;
  /** `encrypted` as it is written in the query. */
  readonly echostr?: string;
}

const readVectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../vectors/senders/${name}.json`, import.meta.url), "utf8")) as unknown;
const ofDingtalk = readVectors("dingtalk-callback") as {
  cases: [checkUrl: Vector, answer: Vector];
  cipher: { aesKey: string; plain: string; encrypted: string };
};
const ofWecom = readVectors("wecom-callback") as {
  cases: [message: Vector, url: Vector];
  sealed: Vector & { random: string };
};

const proof = encryptedCallback<Secret>({
  name: "callback",
  token: ({ token }) => token,
  aesKey: ({ aesKey }) => aesKey,
  receiver: ({ receiver }) => receiver,
  query: { signature: ["msg_signature", "signature"], timestamp: ["timestamp", "timeStamp"], nonce: "nonce" },
  timestampUnit: "milliseconds",
  envelope: { read: (body) => Buffer.from(body).toString(), write: (encrypted) => encrypted },
});

const now = Date.parse("2026-01-31T18:42:05.678Z");
const at = { now, id: "msg_1" };
const secret: Secret = {
  token: "invented-token-01",
  aesKey: "InventedKeyOfFortyThreeCharacters0123456789",
  receiver: "corp-01",
};
const message = Buffer.from("张三 Zoë Müller");
const signed = proof.sign(message, secret, at);

function deliver(
  { query, body, headers }: Partial<SignedRequest>,
  method = "POST",
  from: string | URLSearchParams = new URLSearchParams(query),
): Delivery {
  return {
    method,
    headers: headers ?? {},
    rawQuery: new URLSearchParams(from).toString(),
    query: new URLSearchParams(from),
    body: body ?? new Uint8Array(),
    receivedAt: now,
  };
}

const stamp = ({ signature, timestamp, nonce }: Vector) =>
  new URLSearchParams({ msg_signature: signature, timestamp, nonce });
const wecomSecret = ({ secret: { token, aesKey, receiver } }: Vector) => ({
  token,
  encodingAesKey: aesKey,
  corpId: receiver,
  corpSecret: "invented-secret",
});
const dingtalkSecret = ({ secret: { token, aesKey, receiver } }: Vector) => ({
  token,
  aesKey,
  ownerKey: receiver,
  appKey: receiver,
  appSecret: "invented-secret",
});
const mismatch = { ok: false, reason: "proof-mismatch" };

describe("encrypted callbacks as the vendors make them", () => {
  it.each([...ofDingtalk.cases, ...ofWecom.cases])("open: $name", (vector) => {
    const opened = proof.open(vector.encrypted, deliver({}, "POST", stamp(vector)), vector.secret);
    expect(opened.ok && Buffer.from(opened.payload).toString()).toBe(vector.message);
  });

  it("are the same as the cipher's output, byte for byte", () => {
    const { aesKey, plain, encrypted } = ofDingtalk.cipher;
    const key = decodeKey(aesKey) as Buffer;
    expect(encipher(Buffer.from(plain), key)).toBe(encrypted);
    expect(decipher(encrypted, key)?.toString()).toBe(plain);

    const { sealed } = ofWecom;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(sealed.message));
    const parts = [
      Buffer.from(sealed.random),
      length,
      Buffer.from(sealed.message),
      Buffer.from(sealed.secret.receiver),
    ];
    expect(encipher(Buffer.concat(parts), decodeKey(sealed.secret.aesKey) as Buffer)).toBe(sealed.encrypted);
    const opened = proof.open(sealed.encrypted, deliver({}, "POST", stamp(sealed)), sealed.secret);
    expect(opened.ok && Buffer.from(opened.payload).toString()).toBe(sealed.message);
  });

  it("are accepted in the envelope of DingTalk, whichever way its query is spelled", () => {
    const [vector] = ofDingtalk.cases;
    const body = Buffer.from(JSON.stringify({ encrypt: vector.encrypted }));
    for (const [signature, timestamp] of [
      ["msg_signature", "timestamp"],
      ["signature", "timeStamp"],
    ] as const) {
      const query = { [signature]: vector.signature, [timestamp]: vector.timestamp, nonce: vector.nonce };
      expect(dingtalk.proof.verify(deliver({ query, body }), dingtalkSecret(vector))).toMatchObject({
        ok: true,
        sentAt: Number(vector.timestamp),
      });
    }
  });

  it("are accepted in the envelope of WeCom", async () => {
    const [vector] = ofWecom.cases;
    const body = Buffer.from(vector.body ?? "");
    const delivery = deliver({ body }, "POST", stamp(vector));
    const result = await wecom.proof.verify(delivery, wecomSecret(vector));
    expect(result).toMatchObject({ ok: true, sentAt: Number(vector.timestamp) * 1000 });
    expect(result.ok && Buffer.from(result.payload).toString()).toBe(vector.message);
  });

  it("are echoed to WeCom when it checks a URL, percent-encoded or not", () => {
    const [, vector] = ofWecom.cases;
    for (const echostr of [vector.echostr ?? "", vector.encrypted]) {
      const delivery = deliver({}, "GET", `${stamp(vector).toString()}&echostr=${echostr}`);
      expect(wecom.handshake?.(delivery, wecomSecret(vector))).toEqual({
        status: 200,
        headers: { "content-type": "text/plain" },
        body: vector.message,
      });
    }
  });

  it("are answered to DingTalk in a form that it can decrypt", async () => {
    const [vector] = ofDingtalk.cases;
    const body = Buffer.from(JSON.stringify({ encrypt: vector.encrypted }));
    const queued: unknown[] = [];
    const reply = await receive(dingtalk, deliver({ body }, "POST", stamp(vector)), {
      secrets: secretReader(async () => ({ current: dingtalkSecret(vector) })),
      events: { send: async (messages) => void queued.push(...messages) },
      enrolments: { keep: async () => {} },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    expect(reply).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    const answer = JSON.parse(reply.body ?? "") as Record<string, string>;
    expect(Object.keys(answer)).toEqual(["msg_signature", "timeStamp", "nonce", "encrypt"]);
    const query = { ...answer, encrypt: "" };
    const opened = proof.open(answer.encrypt ?? "", deliver({ query }), vector.secret);
    expect(opened.ok && Buffer.from(opened.payload).toString()).toBe("success");
    expect(queued).toEqual([]);
  });
});

describe("an encrypted callback", () => {
  const verify = (changes: Partial<SignedRequest>, by: Secret = secret) =>
    proof.verify(deliver({ ...signed, ...changes }), by);
  const withQuery = (change: Record<string, string>) => verify({ query: { ...signed.query, ...change } });

  /** A callback that is signed with the right token, whatever it holds. */
  function sealed(plain: Uint8Array | string): ReturnType<typeof verify> {
    const key = decodeKey(secret.aesKey) as Buffer;
    const encrypted = typeof plain === "string" ? plain : encipher(plain, key);
    const { query } = signedBy(encrypted);
    return proof.verify(deliver({ query, body: Buffer.from(encrypted) }), secret);
  }

  it("opens what it signs, in the same bytes each time", () => {
    expect(verify({})).toEqual({ ok: true, payload: message, sentAt: now });
    expect(proof.sign(message, secret, at)).toEqual(signed);
    expect(proof.sign(message, secret, { ...at, id: "msg_2" }).body).not.toEqual(signed.body);
  });

  it("is accepted for the receivers of the secret only", () => {
    const forSuite = proof.sign(message, { ...secret, receiver: "suite-01" }, at);
    const receivers = (receiver: string | readonly string[]) =>
      proof.verify(deliver(forSuite), { ...secret, receiver }).ok;
    expect(receivers(["corp-01", "suite-01"])).toBe(true);
    expect(receivers(["corp-01", ""])).toBe(false);
    expect(["suite-0", "suite-011", "suite-02", "Suite-01"].filter(receivers)).toEqual([]);
  });

  it("refuses a wrong key, even where the token is right", () => {
    const otherKey = { ...secret, aesKey: secret.aesKey.replace("0123", "3210") };
    expect(verify({}, otherKey)).toMatchObject(mismatch);
    expect(verify({}, { ...secret, token: "invented-token-02" })).toMatchObject(mismatch);
  });

  it("refuses keys of a wrong form", () => {
    const none = { ok: false, reason: "secret-empty" };
    for (const broken of [
      { ...secret, token: "" },
      { ...secret, receiver: "" },
      { ...secret, receiver: [] },
      { ...secret, aesKey: secret.aesKey.slice(1) },
      { ...secret, aesKey: `${secret.aesKey}=` },
    ]) {
      expect(verify({}, broken)).toMatchObject(none);
      expect(() => proof.sign(message, broken, at)).toThrow(InboundError);
      expect(() => proof.answer("success", deliver(signed), broken)).toThrow(InboundError);
    }
  });

  it("refuses truncated base64, other text and whole blocks too few, signed or not", () => {
    const encrypted = Buffer.from(signed.body).toString();
    for (const broken of [
      encrypted.slice(0, -1),
      encrypted.slice(0, -2),
      encrypted.slice(0, 40),
      Buffer.from(encrypted, "base64").subarray(0, 48).toString("base64"),
      `${encrypted}\n`,
      "not base64!",
      "=",
      " ",
    ]) {
      expect(sealed(broken)).toMatchObject(mismatch);
      expect(verify({ body: Buffer.from(broken) })).toMatchObject(mismatch);
    }
    expect(verify({ body: new Uint8Array() })).toMatchObject({ ok: false, reason: "proof-missing" });
  });

  it("refuses wrong padding, a wrong length and a malformed message", () => {
    const length = (count: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(count);
      return bytes;
    };
    const framed = (count: number, ...rest: string[]) =>
      Buffer.concat([Buffer.alloc(16, "r"), length(count), ...rest.map((part) => Buffer.from(part))]);
    expect(sealed(framed(2, "hi", "corp-01"))).toMatchObject({ ok: true, payload: Buffer.from("hi") });
    expect(sealed(framed(0, "corp-01"))).toMatchObject({ ok: true });
    for (const broken of [
      framed(3, "hi", "corp-01"),
      framed(1, "hi", "corp-01"),
      framed(10, "hi", "corp-01"),
      framed(0xffff_ffff, "hi", "corp-01"),
      framed(2, "hi"),
      Buffer.alloc(0),
      Buffer.alloc(19, "r"),
    ]) {
      expect(sealed(broken)).toMatchObject(mismatch);
    }
    // 29 bytes, so three bytes of padding: each of them is checked.
    const padded = (...padding: number[]) => {
      const block = Buffer.concat([framed(2, "hi", "corp-01"), Buffer.from(padding)]);
      const encrypted = encipher(block, decodeKey(secret.aesKey) as Buffer);
      return Buffer.from(encrypted, "base64").subarray(0, 32).toString("base64");
    };
    expect(sealed(padded(3, 3, 3))).toMatchObject({ ok: true });
    for (const padding of [
      [1, 2, 3],
      [3, 2, 3],
      [0, 0, 0],
      [3, 3, 33],
      [3, 3, 255],
      [3, 3, 2],
    ]) {
      expect(sealed(padded(...padding))).toMatchObject(mismatch);
    }
  });

  it("refuses parts that are missing, repeated or malformed", () => {
    const reasons = {
      msg_signature: "proof-missing",
      nonce: "proof-missing",
      timestamp: "timestamp-missing",
    };
    for (const [name, reason] of Object.entries(reasons)) {
      expect(withQuery({ [name]: "" })).toMatchObject({ ok: false, reason });
      const twice = deliver(signed);
      twice.query.append(name, signed.query?.[name] ?? "");
      expect(proof.verify(twice, secret)).toMatchObject({ ok: false, reason: "proof-malformed" });
    }
    expect(withQuery({ signature: "0".repeat(40) })).toMatchObject({ ok: false, reason: "proof-malformed" });
    expect(withQuery({ signature: signed.query?.msg_signature ?? "" })).toMatchObject({ ok: true });
    for (const timestamp of ["-1", "1e3", "now", `${now}.0`, "9".repeat(16)]) {
      expect(withQuery({ timestamp })).toMatchObject({ ok: false, reason: "timestamp-malformed" });
    }
    expect(withQuery({ timestamp: String(now + 1) })).toMatchObject(mismatch);
    expect(withQuery({ nonce: "0" })).toMatchObject(mismatch);
  });

  it("accepts a plus sign that arrived as a space", () => {
    const encrypted = Buffer.from(signed.body).toString();
    const query = signedBy(encrypted, "a+b").query;
    const arrived = new URLSearchParams(`${new URLSearchParams(query).toString().replace("%2B", "+")}`);
    expect(arrived.get("nonce")).toBe("a b");
    expect(proof.verify(deliver({ body: signed.body }, "POST", arrived), secret)).toMatchObject({ ok: true });
  });

  /** A second implementation of the algorithm that WeCom and DingTalk document. */
  function signedBy(encrypted: string, nonce = "n0nce"): { query: Record<string, string> } {
    const timestamp = String(now);
    const parts = [secret.token, timestamp, nonce, encrypted];
    // oxlint-disable-next-line unicorn/no-array-sort
    const text = parts.sort((one, other) => (one < other ? -1 : 1)).join("");
    return { query: { msg_signature: createHash("sha1").update(text).digest("hex"), timestamp, nonce } };
  }
});

describe("the check of a WeCom URL", () => {
  const [vector, url] = ofWecom.cases;
  const check = (query: string, method = "GET") =>
    wecom.handshake?.(deliver({}, method, query), wecomSecret(url));
  const right = `${stamp(url).toString()}&echostr=${url.echostr ?? ""}`;

  it("echoes nothing without its proof", () => {
    expect(check(right)).toMatchObject({ status: 200 });
    expect(check(right, "POST")).toBeUndefined();
    expect(check(stamp(url).toString())).toBeUndefined();
    expect(check(`${right}&echostr=${url.echostr ?? ""}`)).toBeUndefined();
    expect(check(right.replace("nonce=2", "nonce=3"))).toBeUndefined();
    expect(wecom.handshake?.(deliver({}, "GET", right), { ...wecomSecret(url), corpId: "wx-other" })).toBe(
      undefined,
    );
  });

  it("does not decrypt an event for an attacker who has intercepted it", () => {
    const captured = `${stamp(vector).toString()}&echostr=${encodeURIComponent(vector.encrypted)}`;
    expect(check(captured)).toBeUndefined();
  });
});
