import * as fc from "fast-check";
import { Secret as OracleSecret, TOTP } from "otpauth";
import { describe, expect, test } from "vitest";
import { decodeBase32, encodeBase32 } from "#lib/fields/base32.ts";
import { openTable } from "#lib/formats/detect.ts";
import { otp } from "#lib/uploads/rows/otp.ts";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { readSecret } from "#lib/uploads/rows/totp-secret.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

async function open(name: string, content: string) {
  async function* bytes() {
    yield Buffer.from(content);
  }
  const { rows, columns } = await openTable(name, bytes());
  return { rows, ...rowTranslator(otp, columns, { region: "CN", departments: {}, customData: {} }) };
}

async function translated(name: string, content: string) {
  const upload = await open(name, content);
  return (await Array.fromAsync(upload.rows)).map((row) => ({
    ...upload.translate(row),
    row: row.row,
    original: upload.redacted(row),
  }));
}

const codes = (problems: readonly { code: string; column?: string }[]) =>
  problems.map(({ column, code }) => (column === undefined ? code : `${column}: ${code}`));

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
    [{ secret: SECRET }, "secret-encoding"],
  ])("is refused: %j as %s", (written, problem) => {
    expect(readSecret(written)).toEqual({ problems: [problem], notes: [] });
  });
});

describe("files of secrets", () => {
  test.each([
    ["userId", "6512a0f3c2d94e0001a1b2c3", { userId: "6512a0f3c2d94e0001a1b2c3" }],
    ["工号", "10010", { externalId: "10010" }],
    ["externalId", "007", { externalId: "007" }],
    ["邮箱", "Zhang.San@Example.com", { email: "zhang.san@example.com" }],
    ["手机号", "+86 138-0013-8000", { phone: "13800138000", phoneCountryCode: "+86" }],
    ["upn", "li@corp.example.com", { username: "li@corp.example.com" }],
    ["用户名", "zoë", { username: "zoë" }],
  ])("find people by %s", async (column, value, who) => {
    const [row] = await translated(
      "a.csv",
      `${column},密钥,恢复码\n${value},${SECRET.toLowerCase()},B471-8ec0\n`,
    );
    expect(row).toMatchObject({
      problems: [],
      change: { kind: "import-otp", who, otp: { secret: SECRET, recoveryCode: "B471-8ec0" } },
    });
    expect(row?.change?.who).toEqual(who);
  });

  test("check every column that says how codes are made", async () => {
    const rows = await translated(
      "a.csv",
      [
        "email,secret,algorithm,digits,period,type",
        `a@example.com,${SECRET},SHA1,6,30,totp`,
        `b@example.com,${SECRET},,,,`,
        `c@example.com,${SECRET},HMAC-SHA-1,6,30,TOTP`,
        `d@example.com,${SECRET},SHA256,8,60,hotp`,
        `e@example.com,otpauth://totp/e?secret=${SECRET}&digits=8,SHA512,6,30,totp`,
        `f@b,${SECRET}1,SHA1,6,30,totp`,
        `,${SECRET},SHA1,6,30,totp`,
        "g@example.com,,SHA1,6,30",
      ].join("\n"),
    );
    expect(rows.map(({ row, problems }) => [row, codes(problems)])).toEqual([
      [2, []],
      [3, []],
      [4, []],
      [
        5,
        [
          "type: type-unsupported",
          "algorithm: algorithm-unsupported",
          "digits: digits-unsupported",
          "period: period-unsupported",
        ],
      ],
      [6, ["algorithm: algorithm-unsupported", "secret: digits-unsupported"]],
      [7, ["email: email-invalid", "secret: secret-encoding"]],
      [8, ["identity-missing"]],
      [9, ["columns-missing"]],
    ]);
  });

  test("may be JSON, in Authing's own shape or flat", async () => {
    const rows = await translated(
      "a.ndjson",
      [
        { userId: "u1", otp: { secret: SECRET, recoveryCode: "b471" } },
        { email: "a@example.com", totp_secret: SECRET, digits: 6 },
        { email: "a@example.com", secret: SECRET, period: 60 },
        { email: "a@example.com", secret: SECRET, otp: { secret: SECRET } },
        { email: ["a@example.com"], otpauth: `otpauth://totp/a?secret=${SECRET}` },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
    expect(rows.map(({ problems }) => codes(problems))).toEqual([
      [],
      [],
      ["period: period-unsupported"],
      ["secret: columns-ambiguous"],
      ["email: email-invalid"],
    ]);
    expect(rows[0]?.change).toEqual({
      kind: "import-otp",
      who: { userId: "u1" },
      otp: { secret: SECRET, recoveryCode: "b471" },
    });
  });

  test.each([
    ["name,secret\n张三,x", "columns-unrecognized"],
    ["email,name\na@example.com,x", "columns-unrecognized"],
    ["email,secret,密钥\na@example.com,x,y", "columns-ambiguous"],
  ])("are refused for their columns: %j", async (content, reason) => {
    await expect(open("a.csv", content)).rejects.toMatchObject({ code: "malformed", reason });
  });

  test("show the original text without secrets, wherever the secrets are", async () => {
    const uri = `otpauth://totp/a?secret=${SECRET}&digits=8`;
    const secretRows = [
      `a@example.com,${SECRET}0,SHA1,${SECRET},code-1`,
      `${SECRET},${SECRET},MD5,,code-1`,
      `b@example.com,"${uri}",${uri},,code-1`,
      `c@example.com,${SECRET}`,
      `d@example.com,x,${SECRET},SHA1,,code-1,${SECRET}`,
      `"e"@example.com,${SECRET},SHA1,,code-1`,
    ];
    const csvRows = await translated(
      "a.csv",
      ["email,secret,algorithm,Old key,恢复码", ...secretRows].join("\n"),
    );
    const jsonRows = await translated(
      "a.ndjson",
      [
        JSON.stringify({ email: SECRET, otp: { secret: SECRET, recoveryCode: "code-1" } }),
        JSON.stringify({
          email: "x",
          notes: { deep: [SECRET] },
          secret: [SECRET],
          recoveryCode: "code-1",
          type: SECRET,
        }),
        `{"email":"x","secret":"${SECRET}"`,
      ].join("\n"),
    );
    expect(csvRows.every(({ problems }) => problems.length > 0)).toBe(true);
    expect(jsonRows.every(({ problems }) => problems.length > 0)).toBe(true);
    const shown = JSON.stringify([...csvRows, ...jsonRows]);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain("code-1");
    expect(csvRows[0]?.original).toEqual(["a@example.com", "", "SHA1", "", ""]);
    expect(csvRows[3]?.original).toEqual(["", "", "", "", ""]);
    expect(jsonRows[1]?.original).toEqual([
      '{"email":"x","notes":"","secret":"","recoveryCode":"","type":""}',
    ]);
  });
});
