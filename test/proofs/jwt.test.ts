import { createHash, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, importJWK, type JWTPayload } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery, Proof } from "#lib/contract/source.ts";
import { jwt, type JwtSettings } from "#lib/proofs/jwt.ts";

interface Secret {
  readonly jwks: string | { readonly keys: readonly JsonWebKey[] };
  readonly issuer?: string;
}

const now = Date.parse("2026-01-31T18:42:05.000Z");
const seconds = now / 1000;
const body = Buffer.from('{"event":{"type":"user.create","name":"张三 Zoë"}}');
const issuer = "https://id.example.com";

/** A sender's key: the private one signs, the public one is published. */
function keyPair(kid: string, alg = "ES256") {
  const { privateKey, publicKey } = alg.startsWith("RS")
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : alg === "EdDSA"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const named = { kid, alg, use: "sig" };
  return {
    secret: { ...privateKey.export({ format: "jwk" }), kid, alg },
    published: { ...publicKey.export({ format: "jwk" }), ...named },
  };
}
type KeyPair = ReturnType<typeof keyPair>;

const key = keyPair("k1");
const pinned: Secret = { jwks: { keys: [key.published] }, issuer };

const settings: JwtSettings<Secret> = {
  jwks: ({ jwks }) => jwks as string,
  algorithms: ["ES256", "RS256", "EdDSA"],
  issuer: ({ issuer: name = "" }) => name,
  audience: () => "inbound",
  bodyHash: { claim: "request_body_sha256", encoding: "base64" },
};

function delivery(token: string, over: Partial<Delivery> = {}): Delivery {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    rawQuery: "",
    query: new URLSearchParams(),
    body,
    receivedAt: now,
    ...over,
  };
}

const bodyHash = createHash("sha256").update(body).digest("base64");
const claims: JWTPayload = {
  iss: issuer,
  aud: "inbound",
  iat: seconds,
  exp: seconds + 300,
  jti: "d-1",
  request_body_sha256: bodyHash,
};

/** Signed by `jose`, which has no part in our `sign`. */
async function token(over: JWTPayload = {}, by: KeyPair = key, header: object = {}): Promise<string> {
  const { kid, alg } = by.secret;
  const said = Object.fromEntries(
    Object.entries({ ...claims, ...over }).filter(([, value]) => value !== null),
  );
  return new SignJWT(said as JWTPayload)
    .setProtectedHeader({ alg, kid, ...header })
    .sign(await importJWK(by.secret, alg));
}

async function reasonOf(
  given: string,
  proof: Proof<Secret> = jwt(settings),
  by: Secret = pinned,
  over: Partial<Delivery> = {},
): Promise<string> {
  const result = await proof.verify(delivery(given, over), by);
  return result.ok ? "ok" : result.reason;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

describe("a token that jose signed", () => {
  it.each(["ES256", "RS256", "EdDSA"])("is taken with %s, with its time and its id", async (alg) => {
    const by = keyPair("k2", alg);
    const result = await jwt(settings).verify(delivery(await token({}, by)), {
      jwks: { keys: [key.published, by.published] },
      issuer,
    });
    expect(result).toEqual({ ok: true, payload: body, sentAt: now, deliveryId: "d-1" });
  });

  it("is found among several keys where it names none", async () => {
    const others = [keyPair("k2"), keyPair("k3"), keyPair("k4")];
    const unnamed = await token({}, key, { kid: undefined });
    const keys = [...others, key].map(({ published }) => published);
    expect(await reasonOf(unnamed, jwt(settings), { jwks: { keys }, issuer })).toBe("ok");
    expect(await reasonOf(unnamed, jwt(settings), { jwks: { keys: keys.slice(0, 3) }, issuer })).toBe(
      "proof-mismatch",
    );
  });

  it.each<[string, JWTPayload, string]>([
    ["of another issuer", { iss: "https://id.example.org" }, "issuer-mismatch"],
    ["without an issuer", { iss: null as never }, "issuer-mismatch"],
    ["for another receiver", { aud: "other" }, "audience-mismatch"],
    ["for no receiver", { aud: null as never }, "audience-mismatch"],
    ["that has ended", { exp: seconds - 61 }, "timestamp-stale"],
    ["that does not end", { exp: null as never }, "timestamp-missing"],
    ["that ends at a word", { exp: "soon" as never }, "timestamp-malformed"],
    ["that is not valid yet", { nbf: seconds + 61 }, "timestamp-early"],
    ["that is issued in the future", { iat: seconds + 61 }, "timestamp-early"],
    ["that is issued at no time there is", { iat: -1e30 }, "timestamp-malformed"],
    ["of another body", { request_body_sha256: bodyHash.replace(/^./, "_") }, "proof-mismatch"],
    ["of no body", { request_body_sha256: null as never }, "proof-malformed"],
    ["of a body that is a number", { request_body_sha256: 1 }, "proof-malformed"],
    ["within the tolerance", { exp: seconds - 59, iat: seconds + 59, nbf: seconds + 59 }, "ok"],
    ["for several receivers", { aud: ["other", "inbound"] }, "ok"],
    ["whose hash has no padding", { request_body_sha256: bodyHash.replace(/=+$/, "") }, "ok"],
  ])("%s is judged by its claims", async (_, over, reason) => {
    expect(await reasonOf(await token(over))).toBe(reason);
  });

  it("is refused with another body", async () => {
    expect(await reasonOf(await token(), jwt(settings), pinned, { body: Buffer.from("{}") })).toBe(
      "proof-mismatch",
    );
  });

  it("is read from another header, hashed in hex, as Keycloak and FusionAuth each do", async () => {
    const hex = jwt<Secret>({
      ...settings,
      token: { header: "x-fusionauth-signature-jwt" },
      bodyHash: { claim: "request_body_sha256", encoding: "hex" },
    });
    const given = await token({
      request_body_sha256: Buffer.from(bodyHash, "base64").toString("hex").toUpperCase(),
    });
    expect(await reasonOf("", hex, pinned, { headers: { "x-fusionauth-signature-jwt": given } })).toBe("ok");
    expect(await reasonOf(given, hex)).toBe("proof-missing");
  });

  it("says what its claims say where it is the whole body", async () => {
    const whole = jwt<Secret>({
      jwks: settings.jwks as never,
      algorithms: ["ES256"],
      token: "body",
      mayLackExpiry: true,
    });
    expect(whole).toMatchObject({ coversBody: true, refusesStale: false });
    const given = await token({ event_id: "e1", iat: null as never, exp: null as never });
    const result = await whole.verify(delivery("", { headers: {}, body: Buffer.from(`${given}\n`) }), pinned);
    expect(result.ok && JSON.parse(Buffer.from(result.payload).toString())).toMatchObject({ event_id: "e1" });
    const changed = given.replace(/\.(.)/, (_, first: string) => `.${first === "e" ? "f" : "e"}`);
    expect(await reasonOf("", whole, pinned, { body: Buffer.from(changed) })).toMatch(/proof-m/);
    expect(await reasonOf("", whole, pinned, { body: Buffer.alloc(0) })).toBe("proof-missing");
  });
});

describe("a forged token", () => {
  it("without a signature is refused, however it spells its algorithm", async () => {
    for (const alg of ["none", "None", "NONE", "", null]) {
      const payload = `${encode({ alg, kid: "k1" })}.${encode(claims)}`;
      expect(await reasonOf(`${payload}.`)).toBe("proof-malformed");
      expect(await reasonOf(`${payload}.AAAA`)).not.toBe("ok");
    }
  });

  it("signed with the public key as if it were a shared one is refused", async () => {
    const rsa = keyPair("k1", "RS256");
    const secret: Secret = { jwks: { keys: [rsa.published] }, issuer };
    const text = JSON.stringify(rsa.published);
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(Buffer.from(text));
    expect(await reasonOf(forged, jwt(settings), secret)).toBe("algorithm-refused");
  });

  it("by an algorithm that is not pinned is refused, although its key is published", async () => {
    const narrow = jwt<Secret>({
      ...settings,
      jwks: settings.jwks as never,
      algorithms: ["RS256"],
      sharedKey: undefined as never,
    });
    expect(await reasonOf(await token(), narrow)).toBe("algorithm-refused");
  });

  it("by another key of the same name is refused", async () => {
    expect(await reasonOf(await token({}, keyPair("k1")))).toBe("proof-mismatch");
    expect(await reasonOf(await token({}, keyPair("k9")))).toBe("key-unknown");
  });

  it("that brings its key, or says where it is, is refused, and nobody is asked", async () => {
    let asked = 0;
    const thief = keyPair("k1");
    const { url } = await publish(
      () => [200, { keys: [thief.published] }],
      () => (asked += 1),
    );
    for (const header of [{ jwk: thief.published }, { jku: url }, { x5u: url }]) {
      expect(await reasonOf(await token({}, thief, header))).toBe("proof-mismatch");
    }
    expect(asked).toBe(0);
  });

  it.each(["", "a", "a.b", "a.b.c", "a.b.c.d", ".b.c", "é.b.c", "a b.c.d", `${"a".repeat(9000)}.b.c`])(
    "that is none (%#) is refused",
    async (text) => {
      expect(await reasonOf(text)).toMatch(/^proof-(malformed|missing)$/);
    },
  );

  it("of another scheme is refused, and one that comes twice", async () => {
    const given = await token();
    for (const authorization of [
      `Basic ${given}`,
      given,
      `Bearer  ${given}`,
      `Bearer ${given},Bearer ${given}`,
    ]) {
      expect(await reasonOf("", jwt(settings), pinned, { headers: { authorization } })).toBe(
        "proof-malformed",
      );
    }
    expect(await reasonOf("", jwt(settings), pinned, { headers: { authorization: `bearer ${given}` } })).toBe(
      "ok",
    );
    expect(await reasonOf("", jwt(settings), pinned, { headers: {} })).toBe("proof-missing");
  });

  it("proves nothing where the secret is empty, and that is said at once", async () => {
    const given = delivery(await token());
    for (const secret of [
      { jwks: "", issuer },
      { jwks: { keys: [] }, issuer },
      { jwks: { keys: [key.published] }, issuer: "" },
    ]) {
      expect(jwt(settings).verify(given, secret)).toEqual({ ok: false, reason: "secret-empty" });
    }
  });
});

describe("a shared key", () => {
  const hs = (over: object = {}) =>
    jwt<{ key: string }>({
      sharedKey: ({ key: text }) => text,
      algorithms: ["HS256"],
      token: { header: "x-webhook-secret" },
      ...over,
    });
  const secret = { key: "an-invented-key-of-32-characters" };

  it("is taken both ways: what we sign, and what jose signs", async () => {
    const ours = hs().sign(body, secret, { now, id: "d-1" });
    expect(await hs().verify({ ...delivery(""), headers: ours.headers }, secret)).toMatchObject({
      ok: true,
      sentAt: now,
      deliveryId: "d-1",
    });
    const theirs = await new SignJWT({ iat: seconds, exp: seconds + 300 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from(secret.key));
    const headers = { "x-webhook-secret": theirs };
    expect(await hs().verify({ ...delivery(""), headers }, secret)).toMatchObject({ ok: true });
    expect(await hs().verify({ ...delivery(""), headers }, { key: `${secret.key}.` })).toEqual({
      ok: false,
      reason: "proof-mismatch",
    });
    expect(hs().coversBody).toBe(false);
  });
});

/** A sender's key set on a server of this machine. */
async function publish(answer: () => [status: number, body: unknown, headers?: object], asked: () => void) {
  const server = createServer((_, response) => {
    asked();
    const [status, content, headers] = answer();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof content === "string" ? content : JSON.stringify(content));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/.well-known/jwks.json`, server };
}

describe("keys that are published", () => {
  async function sender(first: unknown = { keys: [key.published] }) {
    const state = { clock: now, asked: 0, answer: [200, first] as [number, unknown, object?] };
    const { url } = await publish(
      () => state.answer,
      () => (state.asked += 1),
    );
    const proof = jwt(settings, () => state.clock);
    const reason = (given: string) => reasonOf(given, proof, { jwks: url, issuer });
    return { state, reason, url, proof };
  }

  it("are fetched once, by however many deliveries at once, and again after ten minutes", async () => {
    const { state, reason } = await sender();
    const given = await token();
    expect(await Promise.all([reason(given), reason(given), reason(given)])).toEqual(["ok", "ok", "ok"]);
    state.clock += 599_000;
    expect(await reason(given)).toBe("ok");
    expect(state.asked).toBe(1);
    state.clock += 2_000;
    expect(await reason(given)).toBe("ok");
    expect(state.asked).toBe(2);
  });

  it("are fetched anew for a key that is not among them, once in 30 seconds however many forge", async () => {
    const { state, reason } = await sender();
    const second = keyPair("k2");
    expect(await reason(await token())).toBe("ok");
    state.answer = [200, { keys: [key.published, second.published] }];
    const rotated = await token({}, second);
    expect(await reason(rotated)).toBe("key-unknown");
    state.clock += 30_000;
    expect(await Promise.all([reason(rotated), reason(rotated)])).toEqual(["ok", "ok"]);
    expect(state.asked).toBe(2);
    for (let forged = 0; forged < 20; forged += 1) {
      expect(await reason(await token({}, keyPair(`forged-${forged}`)))).toBe("key-unknown");
    }
    expect(state.asked).toBe(2);
    state.clock += 30_000;
    expect(await reason(await token({}, keyPair("forged")))).toBe("key-unknown");
    expect(state.asked).toBe(3);
  });

  it("serve on for a day while the sender does not answer, and not longer", async () => {
    const { state, reason } = await sender();
    const given = (clock: number) => token({ exp: clock / 1000 + 300 });
    expect(await reason(await given(state.clock))).toBe("ok");
    state.answer = [503, "down"];
    state.clock += 23 * 3_600_000;
    expect(await reason(await given(now))).toBe("ok");
    state.clock += 2 * 3_600_000;
    await expect(reason(await given(now))).rejects.toMatchObject({
      code: "unavailable",
      reason: "jwks-unreachable",
    });
  });

  it.each<[string, [number, unknown, object?]]>([
    ["an error", [500, "no"]],
    ["a redirect", [302, "", { location: "http://127.0.0.1:1/" }]],
    ["a page", [200, "<html></html>"]],
    ["no set", [200, { keys: "none" }]],
    ["null", [200, "null"]],
    ["more than 64 KiB", [200, { keys: [key.published], filler: "x".repeat(70_000) }]],
    ["more than 100 keys", [200, { keys: Array.from({ length: 101 }, () => ({ kty: "EC" })) }]],
  ])("leave a delivery to come again where the sender answers with %s", async (_, answer) => {
    const { state, reason } = await sender();
    state.answer = answer;
    const given = await token();
    await expect(reason(given)).rejects.toMatchObject({ code: "unavailable", reason: "jwks-unreachable" });
    // Not asked again within five seconds, and all right after that.
    state.answer = [200, { keys: [key.published] }];
    await expect(reason(given)).rejects.toThrow(InboundError);
    expect(state.asked).toBe(1);
    state.clock += 5_000;
    expect(await reason(given)).toBe("ok");
  });

  it.each([
    "http://id.example.com/jwks.json",
    "file:///etc/passwd",
    "http://169.254.169.254/latest",
    "https://user:password@id.example.com/jwks.json",
    "id.example.com",
  ])("are never fetched from %s", async (address) => {
    const proof = jwt(settings);
    await expect(reasonOf(await token(), proof, { jwks: address, issuer })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "jwks-address-wrong",
    });
  });
});

describe("settings of a token", () => {
  it.each<[string, object]>([
    ["either jwks", { sharedKey: () => "x" }],
    ["either jwks", { jwks: undefined }],
    ["algorithms is empty", { algorithms: [] }],
    ["does not go with jwks", { algorithms: ["ES256", "HS256"] }],
    ["does not go with jwks", { algorithms: ["none"] }],
    ["does not go with sharedKey", { jwks: undefined, sharedKey: () => "x", algorithms: ["RS256"] }],
    ["for ever", { bodyHash: undefined, mayLackExpiry: true }],
    ["leave bodyHash out", { token: "body" }],
    ["lower case", { token: { header: "X-Token" } }],
    ["0 or more", { toleranceSeconds: -1 }],
  ])("that are wrong are refused when they are written: %s", (advice, over) => {
    const wrong = () => jwt<Secret>({ ...settings, ...over } as JwtSettings<Secret>);
    expect(wrong).toThrow(TypeError);
    expect(wrong).toThrow(advice);
  });

  it("sign nothing without the sender's own key", () => {
    const at = { now, id: "d-1" };
    expect(() => jwt(settings).sign(body, pinned, at)).toThrow("signer-missing");
    expect(jwt(settings).sign(body, pinned, at, key.secret).headers).toHaveProperty("authorization");
  });
});
