import { Secret as OracleSecret, TOTP } from "otpauth";
import { describe, expect, test } from "vitest";
import { decodeBase32, encodeBase32 } from "#lib/fields/base32.ts";
import type { SecretField } from "#lib/layouts/column-names.ts";
import { secretTranslator } from "#lib/uploads/rows/secret.ts";
import { readRecoveryCode } from "#lib/uploads/rows/recovery-code.ts";
import { readSecret } from "#lib/uploads/rows/totp-secret.ts";
import * as fc from "../properties.ts";
import { codesOf, entryFields } from "./entry-fields.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const translated = (fields: Partial<Record<SecretField, unknown>>) =>
  secretTranslator({ region: "CN", departments: {}, customData: {} })(entryFields(fields));

/** The bytes of a key, and spellings in base32 that all mean this key. */
const key = fc.uint8Array({ minLength: 10, maxLength: 64 });
const spelling = fc.array(fc.constantFrom("", "", " ", "-", "  "), { minLength: 110, maxLength: 110 });

function spelled(base32: string, gaps: readonly string[], isLower: boolean, padding: number): string {
  const text = [...base32].map((character, index) => character + gaps[index]).join("") + "=".repeat(padding);
  return isLower ? text.toLowerCase() : text;
}

describe("base32", () => {
  // RFC 4648, section 10.
  test.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("writes %j as %s and reads it back", (text, base32) => {
    expect(encodeBase32(Buffer.from(text))).toBe(base32);
    expect(decodeBase32(base32)).toEqual({ bytes: new Uint8Array(Buffer.from(text)), hasStrayBits: false });
  });

  test("agrees with otpauth, in any spelling", () => {
    fc.assert(
      fc.property(key, spelling, fc.boolean(), fc.nat(6), (bytes, gaps, isLower, padding) => {
        const base32 = encodeBase32(bytes);
        expect(base32).toBe(new OracleSecret({ buffer: bytes.buffer as ArrayBuffer }).base32);
        const decoded = decodeBase32(spelled(base32, gaps, isLower, padding));
        expect(decoded).toEqual({ bytes: new Uint8Array(bytes), hasStrayBits: false });
      }),
    );
  });

  test.each(["ＭＺＸＷ６ＹＴＢ", "MZXW\u200b6YTB", "\ufeffMZXW\u00a06YTB", "MZXW\n6YTB"])(
    "ignores characters that copying adds: %j",
    (written) => {
      expect(decodeBase32(written)?.bytes).toEqual(new Uint8Array(Buffer.from("fooba")));
    },
  );

  test.each([
    "A",
    "ABC",
    "ABCDEF",
    "ABCDEFGHI",
    "ABCDEFG0",
    "ABCDEFG1",
    "ABCDEFG8",
    "ABCD=EFG",
    "ſBCDEFGH",
    "AB_CDEFG",
  ])("refuses %s", (written) => {
    expect(decodeBase32(written)).toBeUndefined();
  });

  // The secret of Auth0's own documentation.
  test("drops stray bits and adds a note", () => {
    const decoded = decodeBase32("2PRXZWZAYYDAWCD");
    expect(decoded?.hasStrayBits).toBe(true);
    expect(encodeBase32(decoded!.bytes)).toBe("2PRXZWZAYYDAWCA");
  });
});

describe("otpauth URIs", () => {
  const label = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => text.isWellFormed() && !text.includes(":"));

  test("keep the codes of RFC 6238 that the authenticator shows", () => {
    fc.assert(
      fc.property(key, label, label, fc.nat(2 ** 40), (bytes, issuer, account, timestamp) => {
        const original = new TOTP({
          issuer,
          label: account,
          secret: new OracleSecret({ buffer: bytes.buffer as ArrayBuffer }),
        });
        const { base32, problems } = readSecret(original.toString());
        expect(problems).toEqual([]);
        expect(new TOTP({ secret: OracleSecret.fromBase32(base32!) }).generate({ timestamp })).toBe(
          original.generate({ timestamp }),
        );
      }),
    );
  });

  test.each([
    [`otpauth://totp/ACME:li?secret=${SECRET}`],
    [`otpauth://totp/ACME%3A%20li?secret=${SECRET}&issuer=Air+Canada&algorithm=SHA1&digits=6&period=30`],
    [`OTPAUTH://TOTP/li?SECRET=${SECRET.toLowerCase()}&Algorithm=HmacSHA1`],
    [
      ` otpauth://totp/?secret=GEZD+GNBV+GY3T+QOJQ+GEZD+GNBV+GY3T+QOJQ&image=https%3A%2F%2Fexample.com%2Fa.png `,
    ],
    [`otpauth://totp/%E5%BC%A0%E4%B8%89?period=30&secret=${SECRET}%3D%3D#x`],
    [`otpauth://totp/li?secret=${SECRET}&digits=&period=`],
  ])("takes %s", (uri) => {
    expect(readSecret(uri)).toMatchObject({ base32: SECRET, problems: [] });
  });

  test.each([
    [`otpauth://hotp/li?secret=${SECRET}&counter=1`, ["type-unsupported"]],
    [`otpauth://steam/li?secret=${SECRET}`, ["type-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&encoder=steam`, ["type-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&algorithm=SHA256`, ["algorithm-unsupported"]],
    [
      `otpauth://totp/li?secret=${SECRET}&algorithm=SHA512&digits=8&period=60`,
      ["algorithm-unsupported", "digits-unsupported", "period-unsupported"],
    ],
    [`otpauth://totp/li?secret=${SECRET}&algorithm=SHA11`, ["algorithm-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&period=300`, ["period-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&digits=66`, ["digits-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&algorithm=XSHA1`, ["algorithm-unsupported"]],
    [`otpauth://totp2/li?secret=${SECRET}`, ["type-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&digits=7`, ["digits-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&period=0x1e`, ["period-unsupported"]],
    [`otpauth://totp/li?secret=${SECRET}&period=30&period=60`, ["uri-invalid"]],
    [`otpauth://totp/li?secret=${SECRET}&amp;digits=8`, ["digits-unsupported"]],
    [`otpauth://totp/li`, ["uri-invalid"]],
    [`otpauth://totp/li?issuer=ACME`, ["secret-missing"]],
    [`otpauth://totp/li?secret=GEZD`, ["secret-short"]],
    ["otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", ["uri-invalid"]],
  ])("refuses %s", (uri, problems) => {
    expect(readSecret(uri)).toEqual({ problems, notes: [] });
  });

  test("of any kind are accepted or refused, and never cause an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { base32, problems } = readSecret(`otpauth://totp/${text}`);
        expect(base32 === undefined).toBe(problems.length > 0);
      }),
    );
  });
});

describe("a secret by itself", () => {
  test.each([
    [SECRET, []],
    ["gezd gnbv gy3t qojq gezd gnbv gy3t qojq", []],
    ["GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ====", []],
    ["HZ2F6J3AGNAVSOTV", ["secret-below-128-bits"]],
    ["2234567abcdef2234567abcdef", ["secret-had-stray-bits"]],
    ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ["secret-one-byte-repeated"]],
    ["A2".repeat(60), ["secret-above-512-bits"]],
  ])("is taken: %s", (written, notes) => {
    expect(readSecret(written)).toMatchObject({
      problems: [],
      notes,
      base32: expect.stringMatching(/^[A-Z2-7]+$/),
    });
  });

  test.each([
    ["", "secret-missing"],
    ["  ", "secret-missing"],
    ["----", "secret-missing"],
    [undefined, "secret-missing"],
    ["1212", "secret-encoding"],
    ["GEZDGNBVGY3TQOJ0", "secret-encoding"],
    ["3132333435363738393031323334353637383930", "secret-encoding"],
    [`${SECRET}A`, "secret-encoding"],
    ["MZXW6YTBOI", "secret-short"],
    ['{"key_id":"1","alg":"aes-gcm-hkdf","data":"x"}', "secret-encrypted"],
    ["$ba$1$abcdef", "secret-encrypted"],
    ["-----BEGIN PGP MESSAGE-----", "secret-encrypted"],
    ["A".repeat(5000), "secret-encoding"],
    [1234567, "secret-encoding"],
    ["#N/A", "secret-damaged"],
    ["1.23457E+11", "secret-damaged"],
    ["********", "secret-damaged"],
    ["<removed>", "secret-removed"],
    ["otpauth://totp/a?secret=<removed>", "secret-removed"],
    ["NULL", "secret-short"],
    [{ secret: SECRET }, "secret-encoding"],
  ])("is refused: %j as %s", (written, problem) => {
    expect(readSecret(written)).toEqual({ problems: [problem], notes: [] });
  });
});

describe("a row with a secret", () => {
  test.each<[Partial<Record<SecretField, unknown>>, object]>([
    [{ userId: "6512a0f3c2d94e0001a1b2c3" }, { userId: "6512a0f3c2d94e0001a1b2c3" }],
    [{ externalId: "007" }, { externalId: "007" }],
    [{ email: "Zhang.San@Example.com" }, { email: "zhang.san@example.com" }],
    [{ phone: "+86 138-0013-8000" }, { phone: "13800138000", phoneCountryCode: "+86" }],
    [{ username: "zoë" }, { username: "zoë" }],
    [
      { externalId: '="007"', email: "a@example.com" },
      { externalId: "007", email: "a@example.com" },
    ],
  ])("finds its person by %j", (fields, who) => {
    const { change, problems } = translated({
      ...fields,
      secret: SECRET.toLowerCase(),
      recoveryCode: "B471-8ec0",
    });
    expect(problems).toEqual([]);
    expect(change).toEqual({ kind: "import-otp", who, otp: { secret: SECRET, recoveryCode: "B471-8ec0" } });
  });

  test.each<[Partial<Record<SecretField, unknown>>]>([
    [{ algorithm: "SHA1", digits: "6", period: "30", type: "totp" }],
    [{ algorithm: "HMAC-SHA-1", type: "TOTP" }],
    [{ algorithm: "HmacSHA1", digits: "6.0", period: "30s" }],
    [{ algorithm: "ALGORITHM_SHA1", digits: 6, period: 30, type: "OTP_TOTP" }],
    [{ algorithm: "sha-1", digits: "6 digits", period: "30 seconds", type: "time-based" }],
    [{ type: "urn:ietf:params:xml:ns:keyprov:pskc:totp", period: "PT30S" }],
    // Raivo has a counter of 0 with TOTP; other exports have one that nothing uses.
    [{ type: "TOTP", counter: "0" }],
    [{ type: "TOTP", counter: "7" }],
    [{ counter: "0" }],
    [{ counter: "0.0" }],
  ])("is taken with the settings that Authing has: %j", (settings) => {
    expect(translated({ email: "a@example.com", secret: SECRET, ...settings })).toMatchObject({
      problems: [],
      notes: [],
    });
  });

  test("takes NULL for an empty setting, and tells it", () => {
    const { problems, notes } = translated({
      email: "a@example.com",
      secret: SECRET,
      counter: "NULL",
      period: "\\N",
    });
    expect(problems).toEqual([]);
    expect(codesOf(notes)).toEqual(["period: null-taken-as-empty", "counter: null-taken-as-empty"]);
  });

  test.each<[Partial<Record<SecretField, unknown>>, string[]]>([
    [
      { algorithm: "SHA256", digits: "8", period: "60", type: "hotp" },
      [
        "type: type-unsupported",
        "algorithm: algorithm-unsupported",
        "digits: digits-unsupported",
        "period: period-unsupported",
      ],
    ],
    [{ digits: "60" }, ["digits: digits-unsupported"]],
    [{ digits: "6.5" }, ["digits: digits-unsupported"]],
    [{ period: "300" }, ["period: period-unsupported"]],
    [{ period: "30ms" }, ["period: period-unsupported"]],
    [{ period: 30.5 }, ["period: period-unsupported"]],
    [{ algorithm: "HmacSHA11" }, ["algorithm: algorithm-unsupported"]],
    [{ type: ["totp"] }, ["type: type-unsupported"]],
    [{ type: "#N/A" }, ["type: sheet-error"]],
    [{ counter: "7" }, ["counter: type-unsupported"]],
    [{ counter: 7 }, ["counter: type-unsupported"]],
    [{ counter: "many" }, ["counter: type-unsupported"]],
    [{ type: "HOTP", counter: "7", period: "0" }, ["type: type-unsupported", "period: period-unsupported"]],
    [
      { secret: `otpauth://totp/e?secret=${SECRET}&digits=8`, algorithm: "SHA512" },
      ["algorithm: algorithm-unsupported", "secret: digits-unsupported"],
    ],
    [{ email: "f@b", secret: `${SECRET}1` }, ["email: email-invalid", "secret: secret-encoding"]],
    [{ email: "", secret: SECRET }, ["identity-missing"]],
    [{ email: "#N/A" }, ["email: sheet-error"]],
    [{ email: "", externalId: "2.02311E+11" }, ["externalId: number-scientific"]],
    [{ userId: "NULL" }, ["userId: value-is-null"]],
    [{ userId: ["x"] }, ["userId: text-invalid"]],
    [{ email: ["a@example.com"] }, ["email: email-invalid"]],
    [{ recoveryCode: "#N/A" }, ["recoveryCode: recovery-code-damaged"]],
  ])("is refused with every reason: %j", (fields, problems) => {
    const translation = translated({ email: "a@example.com", secret: SECRET, ...fields });
    expect(translation.change).toBeUndefined();
    expect(codesOf(translation.problems)).toEqual(problems);
  });

  test("of any shape never causes an error", () => {
    const names = fc.constantFrom<SecretField>(
      "userId",
      "email",
      "secret",
      "recoveryCode",
      "type",
      "digits",
      "counter",
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(fc.jsonValue(), fc.constant(SECRET))), (fields) => {
        const { change, problems } = translated(fields);
        expect(change === undefined).toBe(problems.length > 0);
      }),
    );
  });
});

describe("a recovery code", () => {
  const bcrypt = `$2b$10$${"u".repeat(53)}`;

  test.each([
    ["B471-8ec0-874a-087f-bccb-cd54", "B471-8ec0-874a-087f-bccb-cd54", undefined],
    ["QJD73-L6GR5", "QJD73-L6GR5", undefined],
    ["aaaa bbbb cccc", "aaaa bbbb cccc", undefined],
    [12345678, "12345678", undefined],
    ["00123456", "00123456", undefined],
    [["aaaa-1111"], "aaaa-1111", undefined],
    ['["aaaa-1111","bbbb-2222"]', "aaaa-1111", "recovery-code-first-of-several"],
    [["aaaa-1111", "bbbb-2222"], "aaaa-1111", "recovery-code-first-of-several"],
    ["aaaa-1111, bbbb-2222", "aaaa-1111", "recovery-code-first-of-several"],
    ["aaaa-1111\nbbbb-2222", "aaaa-1111", "recovery-code-first-of-several"],
    [
      [{ code: "a1", used_at: "2026-01-01T00:00:00Z" }, { code: "b2" }, { code: "c3", used_at: null }],
      "b2",
      "recovery-code-first-of-several",
    ],
    [[bcrypt, "aaaa-1111"], "aaaa-1111", "recovery-code-first-of-several"],
    [bcrypt, undefined, "recovery-code-hashed"],
    [[bcrypt, bcrypt], undefined, "recovery-code-hashed"],
    [{ code: "a1", usedAt: "2026-01-01" }, undefined, "recovery-codes-used"],
    ["NULL", undefined, "null-taken-as-empty"],
    ["", undefined, undefined],
    [[], undefined, undefined],
    ["[]", undefined, undefined],
  ])("is read: %j", (value, code, note) => {
    expect(readRecoveryCode(value)).toEqual({
      ...(code !== undefined && { code }),
      ...(note !== undefined && { note }),
    });
  });

  test.each([
    ["#N/A", "recovery-code-damaged"],
    ["1.23457E+11", "recovery-code-damaged"],
    ["12345678.0", "recovery-code-damaged"],
    ["aaaa-\ufffd", "recovery-code-damaged"],
    ["????", "recovery-code-damaged"],
    ["****", "recovery-code-damaged"],
    ['["aaaa-1111","#N/A"]', "recovery-code-damaged"],
    ["<removed>", "recovery-code-removed"],
    [["aaaa-1111", { code: "<removed>" }], "recovery-code-removed"],
    ["[aaaa-1111, bbbb-2222]", "recovery-code-invalid"],
    ["{aaaa-1111,bbbb-2222}", "recovery-code-invalid"],
    [{ codes: ["a"] }, "recovery-code-invalid"],
    [[["a"]], "recovery-code-invalid"],
    [true, "recovery-code-invalid"],
    ["x".repeat(256), "recovery-code-invalid"],
  ])("is refused: %j", (value, problem) => {
    expect(readRecoveryCode(value)).toEqual({ problem });
  });
});
