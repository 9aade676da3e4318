import { SignJWT, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { jwt, type JwtSettings } from "#lib/proofs/jwt.ts";
import {
  type Secret,
  now,
  seconds,
  body,
  issuer,
  keyPair,
  key,
  pinned,
  settings,
  delivery,
  bodyHash,
  claims,
  token,
  reasonOf,
  encode,
  publish,
} from "./jwt-tokens.ts";

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
  ])("%s is checked by its claims", async (_, over, reason) => {
    expect(await reasonOf(await token(over))).toBe(reason);
  });

  it("has to be of the type that is asked for", async () => {
    const typed = jwt<Secret>({
      ...settings,
      jwks: settings.jwks as never,
      sharedKey: undefined as never,
      type: "secevent+jwt",
    });
    const typ = (text: string) => token({}, key, { typ: text });
    expect(await reasonOf(await typ("secevent+jwt"), typed)).toBe("ok");
    expect(await reasonOf(await typ("application/secevent+jwt"), typed)).toBe("ok");
    expect(await reasonOf(await typ("JWT"), typed)).toBe("proof-malformed");
    expect(await reasonOf(await token(), typed)).toBe("proof-malformed");
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

  it("is the delivery itself where it is the whole body", async () => {
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

  it("that holds its key, or the address of its key, is refused, and no request goes to that address", async () => {
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
    "that is malformed (%#) is refused",
    async (text) => {
      expect(await reasonOf(text)).toMatch(/^proof-(malformed|missing)$/);
    },
  );

  it("of another scheme is refused, and a header that occurs twice", async () => {
    const given = await token();
    for (const authorization of [
      `Basic ${given}`,
      `Bearex ${given}`,
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
    expect(await reasonOf("", jwt(settings), pinned, { headers: { authorization: "" } })).toBe(
      "proof-missing",
    );
  });

  it("is read from a header of up to 8,192 characters, and from no longer one", async () => {
    const filled = async (size: number) => `Bearer ${await token({ fill: "x".repeat(size) })}`;
    const reason = (authorization: string) =>
      reasonOf("", jwt(settings), pinned, { headers: { authorization } });
    let [longest, tooLong] = ["", ""];
    // Base64 writes 4 characters for 3 bytes.
    for (let size = ((8192 - (await filled(0)).length) * 3) / 4 - 4; tooLong === ""; size += 1) {
      const next = await filled(size);
      if (next.length > 8192) tooLong = next;
      else longest = next;
    }
    expect(longest.length).toBeGreaterThan(8189);
    expect(await reason(longest)).toBe("ok");
    expect(await reason(tooLong)).toBe("proof-malformed");
  });

  it("proves nothing where the secret is empty, and the error says so at once", async () => {
    const given = delivery(await token());
    for (const secret of [
      { jwks: "", issuer },
      { jwks: { keys: [] }, issuer },
      { jwks: { keys: [key.published] }, issuer: "" },
    ]) {
      expect(jwt(settings).verify(given, secret)).toMatchObject({ ok: false, reason: "secret-empty" });
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

  it("verifies the tokens that we sign and those that jose signs", async () => {
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
    expect(await hs().verify({ ...delivery(""), headers }, { key: `${secret.key}.` })).toMatchObject({
      ok: false,
      reason: "proof-mismatch",
    });
    expect(hs().coversBody).toBe(false);
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
