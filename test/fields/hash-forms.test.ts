import { pbkdf2Sync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { auth0Hash, fusionAuthHash, keycloakHash } from "#lib/fields/hash-forms.ts";
import { describesItself } from "#lib/fields/password-hash.ts";
import * as fc from "../properties.ts";

// Salts and hashes are invented, except those that node makes here.
const salt = "c2FsdHNhbHRzYWx0c2FsdA==";
const hash = "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=";
const bare = (text: string) => text.replaceAll("=", "");

describe("FusionAuth", () => {
  test("puts the parts of bcrypt together", () => {
    expect(
      fusionAuthHash({ encryptionScheme: "bcrypt", factor: 10, salt: "s".repeat(22), hash: "h".repeat(31) }),
    ).toEqual({
      hash: `$2a$10$${"s".repeat(22)}${"h".repeat(31)}`,
    });
    expect(
      fusionAuthHash({ encryptionScheme: "bcrypt", factor: "4", salt: "s".repeat(22), hash: "h".repeat(31) })
        .hash,
    ).toMatch(/^\$2a\$04\$/);
  });

  test("names its own schemes", () => {
    expect(
      fusionAuthHash({ encryptionScheme: "salted-pbkdf2-hmac-sha256", factor: 24_000, salt, hash }),
    ).toEqual({
      hash: `$fusionauth-salted-pbkdf2-hmac-sha256$i=24000$${bare(salt)}$${bare(hash)}`,
    });
  });

  test.each([
    [
      { encryptionScheme: "bcrypt", factor: 10, salt: "s".repeat(21), hash: "h".repeat(31) },
      "password-hash-damaged",
    ],
    [
      { encryptionScheme: "bcrypt", factor: 99, salt: "s".repeat(22), hash: "h".repeat(31) },
      "password-hash-damaged",
    ],
    [{ encryptionScheme: "salted-md5", factor: 1, hash }, "password-hash-unsalted"],
    [{ encryptionScheme: "salted-md5", salt, hash }, "password-hash-damaged"],
    [{ encryptionScheme: "my-plugin", factor: 1, salt, hash }, "password-hash-unknown"],
    [{}, "password-hash-unknown"],
  ])("refuses %j", (parts, problem) => {
    expect(fusionAuthHash(parts)).toEqual({ problem });
  });
});

describe("Keycloak", () => {
  test("PBKDF2 keeps the bytes that node makes", () => {
    const value = pbkdf2Sync("correct horse", Buffer.from(salt, "base64"), 27_500, 64, "sha256").toString(
      "base64",
    );
    expect(
      keycloakHash(
        JSON.stringify({ value, salt }),
        JSON.stringify({ hashIterations: 27_500, algorithm: "pbkdf2-sha256" }),
      ),
    ).toEqual({ hash: `$pbkdf2-sha256$i=27500,l=64$${bare(salt)}$${bare(value)}` });
  });

  test("Argon2 has its parameters, which are lists", () => {
    const additionalParameters = {
      hashLength: ["32"],
      memory: ["7168"],
      type: ["id"],
      version: ["1.3"],
      parallelism: ["1"],
    };
    expect(
      keycloakHash(
        { value: hash, salt, additionalParameters: {} },
        { hashIterations: 5, algorithm: "argon2", additionalParameters },
      ),
    ).toEqual({ hash: `$argon2id$v=19$m=7168,t=5,p=1$${bare(salt)}$${bare(hash)}` });
  });

  test.each([
    [{ value: hash }, { hashIterations: 1, algorithm: "pbkdf2" }, "password-hash-unsalted"],
    [{ value: "not base64!", salt }, { hashIterations: 1, algorithm: "pbkdf2" }, "password-hash-damaged"],
    [{ value: hash, salt }, { algorithm: "pbkdf2" }, "password-hash-damaged"],
    [{ value: hash, salt }, { hashIterations: 1, algorithm: "own" }, "password-hash-unknown"],
    ["{", "null", "password-hash-damaged"],
  ])("refuses %j %j", (secretData, credentialData, problem) => {
    expect(keycloakHash(secretData, credentialData)).toEqual({ problem });
  });
});

describe("Auth0's custom hashes", () => {
  test.each([
    [{ algorithm: "bcrypt", hash: { value: `$2b$10$${"h".repeat(53)}` } }, `$2b$10$${"h".repeat(53)}`],
    [{ algorithm: "ldap", hash: { value: "{SSHA}dGVzdHRlc3Q=" } }, "{SSHA}dGVzdHRlc3Q="],
    [
      {
        algorithm: "sha256",
        hash: { value: "00ff".repeat(16), encoding: "hex" },
        salt: { value: "ab", position: "suffix" },
      },
      `$auth0-sha256$salt=suffix$YWI$${bare(Buffer.from("00ff".repeat(16), "hex").toString("base64"))}`,
    ],
    [
      {
        algorithm: "scrypt",
        hash: { value: hash, encoding: "base64" },
        salt: { value: salt, encoding: "base64" },
        cost: 16_384,
      },
      `$scrypt$ln=14,r=8,p=1$${bare(salt)}$${bare(hash)}`,
    ],
  ])("%j", (parts, folded) => {
    expect(auth0Hash(parts)).toEqual({ hash: folded });
    expect(describesItself(folded)).toBe(true);
  });

  test.each([
    [{ algorithm: "md5", hash: { value: "00ff", encoding: "hex" } }, "password-hash-unsalted"],
    [
      { algorithm: "md5", hash: { value: "xyz", encoding: "hex" }, salt: { value: "ab" } },
      "password-hash-damaged",
    ],
    [{ algorithm: "hmac", hash: { value: "00ff", key: { value: "k" } } }, "password-hash-needs-key"],
    [{ algorithm: "bcrypt", hash: { value: "plain" } }, "password-hash-damaged"],
    [{ algorithm: "own" }, "password-hash-unknown"],
    [undefined, "password-hash-unknown"],
  ])("refuses %j", (parts, problem) => {
    expect(auth0Hash(parts)).toEqual({ problem });
  });
});

test("parts of any shape give a hash that describes itself, or a problem", () => {
  const part = fc.oneof(fc.anything(), fc.constantFrom(salt, hash, "bcrypt", "salted-md5", "sha1", 10));
  fc.assert(
    fc.property(part, part, part, part, (one, two, three, four) => {
      const all = [
        fusionAuthHash({ encryptionScheme: one, factor: two, salt: three, hash: four }),
        keycloakHash(one, two),
        keycloakHash(
          { value: hash, salt: one },
          { hashIterations: two, algorithm: "argon2", additionalParameters: three },
        ),
        auth0Hash(one),
        auth0Hash({ algorithm: "sha1", hash: { value: two }, salt: { value: three } }),
      ];
      for (const { hash: folded, problem } of all)
        expect(folded === undefined ? problem !== undefined : describesItself(folded)).toBe(true);
    }),
  );
});
