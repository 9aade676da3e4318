import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Delivery } from "#lib/contract/proof.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import keycloak from "#lib/sources/keycloak/index.ts";

type Secret = Parameters<typeof keycloak.proof.verify>[1];

const now = Date.parse("2026-01-31T18:42:05Z");
const body = Buffer.from('{"uid":"1","type":"admin.USER-DELETE","resourcePath":"users/张"}');
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer = { ...privateKey.export({ format: "jwk" }), kid: "k1", alg: "ES256" };
const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256" }] };
const issuer = "https://id.example.com/realms/acme";

const secrets: Readonly<Record<string, Secret>> = {
  "HMAC with SHA-256": { secret: "invented-0001" },
  "HMAC with SHA-1": { secret: "invented-0001", hmacAlgorithm: "HmacSHA1" },
  "a token of the realm": { issuer, audience: "authing", jwks },
  "a token without a receiver": { issuer, jwks },
  "a header": { authorization: "Bearer invented-0001" },
};

const verify = (secret: Secret, headers: Readonly<Record<string, string>>, received: Uint8Array = body) =>
  keycloak.proof.verify(
    {
      method: "POST",
      headers,
      rawQuery: "",
      query: new URLSearchParams(),
      body: received,
      receivedAt: now,
    } satisfies Delivery,
    secret,
  );
const signed = (secret: Secret) => keycloak.proof.sign(body, secret, { now, id: "1" }, signer).headers;

describe("the proof of Keycloak", () => {
  it.each(Object.entries(secrets))("holds for %s, and refuses every other", async (way, secret) => {
    expect(await verify(secret, signed(secret))).toMatchObject({ ok: true, payload: body });
    // A secret that names no receiver takes a token for any.
    const others = Object.entries(secrets).filter(
      ([otherWay, other]) =>
        otherWay !== way && !(way === "a token without a receiver" && "audience" in other),
    );
    for (const [otherWay, other] of others) {
      expect(await verify(secret, signed(other)), otherWay).toMatchObject({ ok: false });
    }
  });

  it.each(Object.entries(secrets).filter(([way]) => way !== "a header"))(
    "covers the body with %s",
    async (_, secret) => {
      expect(await verify(secret, signed(secret), Buffer.from(`${body} `))).toMatchObject({ ok: false });
    },
  );

  it("reads the realm's keys from the issuer where none are pinned", async () => {
    const unreachable = { issuer: "http://127.0.0.1:1/realms/acme" };
    await expect(verify(unreachable, signed({ ...unreachable, jwks }))).rejects.toMatchObject({
      reason: "jwks-unreachable",
    });
  });

  it("verifies nothing where the secret has no way", () => {
    expect(verify({}, signed({ secret: "a" }))).toMatchObject({ ok: false, reason: "secret-empty" });
  });
});

describe("events of Keycloak without credentials of the Admin API", () => {
  const context = { region: "CN", departments: {}, customData: {} };
  const event = (type: string, details: object, payload: object = { details }): SourceEvent => ({
    id: "1",
    subject: "u1",
    type,
    occurredAt: "2026-01-31T18:42:05.000Z",
    payload,
  });
  const changes = (type: string, details: object) => keycloak.translate(event(type, details), context);

  it("say of a registration what the form said", () => {
    const details = { username: "li", email: "li@example.com", first_name: "四", last_name: "李" };
    expect(changes("access.REGISTER", details)).toMatchObject([
      { kind: "create", person: { externalId: "u1", username: "li", email: "li@example.com", name: "李四" } },
    ]);
  });

  it("say of a profile what has changed", () => {
    expect(
      changes("access.UPDATE_PROFILE", { updated_last_name: "李", updated_email: "l@example.com" }),
    ).toMatchObject([
      { kind: "update", complete: false, person: { familyName: "李", email: "l@example.com" } },
    ]);
    const both = { updated_first_name: "四", updated_last_name: "李" };
    expect(changes("access.UPDATE_PROFILE", both)).toMatchObject([{ person: { name: "李四" } }]);
    expect(changes("access.VERIFY_EMAIL", { email: "l@example.com" })).toMatchObject([
      { person: { email: "l@example.com", emailVerified: true } },
    ]);
  });

  it("are dead where the realm does not include representations", () => {
    for (const type of ["admin.USER-CREATE", "admin.USER-UPDATE"]) {
      expect(() => keycloak.translate(event(type, {}, {}), context)).toThrow("representation-missing");
    }
  });
});

describe("deliveries of Keycloak that only show a header", () => {
  const secret = {
    authorization: "Bearer x",
    serverUrl: "https://id.example.com/auth",
    realm: "a b",
    clientId: "c",
    clientSecret: "s",
  };
  const event: SourceEvent = {
    id: "1",
    subject: "u1",
    type: "admin.USER-DELETE",
    occurredAt: new Date(now).toISOString(),
    payload: {},
  };
  const read = (status: number, json: unknown, elapsed = 0) => {
    const paths: string[] = [];
    const api = {
      secret,
      now: () => now + elapsed,
      request: async ({ path }: { path: string }) => {
        paths.push(path);
        return { status, headers: {}, json };
      },
      token: async () => "t",
      forgetToken() {},
    };
    return { paths, result: keycloak.fetch?.read(event, api) };
  };

  it("are confirmed below the path of the server", async () => {
    const { paths, result } = read(404, { error: "User not found" });
    expect(await result).toEqual({});
    expect(paths).toEqual(["/auth/admin/realms/a%20b/users/u1"]);
  });

  it("make no leaver of a user who is still there", async () => {
    await expect(read(200, { id: "u1" }).result).rejects.toMatchObject({
      reason: "departure-not-visible-yet",
    });
    const hour = 60 * 60_000;
    await expect(read(200, { id: "u1" }, hour).result).rejects.toMatchObject({
      reason: "departure-unconfirmed",
    });
    await expect(read(404, { error: "Realm not found." }, hour).result).rejects.toMatchObject({
      reason: "source-host-wrong",
    });
  });
});
