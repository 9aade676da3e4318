import { readFileSync } from "node:fs";
import { HOTP, Secret, TOTP, URI } from "otpauth";
import protobuf from "protobufjs";
import { describe, expect, it, test } from "vitest";
import { encodeBase32 } from "#lib/fields/base32.ts";
import { decodeBase64 } from "#lib/formats/base64.ts";
import type { Row } from "#lib/formats/format.ts";
import { readMigration } from "#lib/formats/otpauth-migration.ts";
import { labelParts, parseOtpauth } from "#lib/formats/otpauth-uri.ts";
import otpauth from "#lib/formats/otpauth/index.ts";
import * as fc from "../properties.ts";
import { context, textFile } from "./decoded-text.ts";

const secret = "NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR";

// As Google Authenticator writes it, and a field of a newer version in each message.
const { root } = protobuf.parse(`syntax = "proto3";
  message Payload { repeated Key otp_parameters = 1; int32 version = 2; int32 batch_size = 3; int32 batch_index = 4; int32 batch_id = 5; string newer = 99; }
  message Key { bytes secret = 1; string name = 2; string issuer = 3; int32 algorithm = 4; int32 digits = 5; int32 type = 6; int64 counter = 7; fixed64 newer = 99; }`);
const payload = root.lookupType("Payload");
const encoded = (message: object) => Buffer.from(payload.encode(payload.fromObject(message)).finish());
const uriOf = (bytes: Uint8Array) =>
  `otpauth-migration://offline?data=${encodeURIComponent(Buffer.from(bytes).toString("base64"))}`;

const label = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !/[:：]/.test(text) && text.trim() === text);

const rowsOf = async (text: string, length?: number): Promise<Row[]> => {
  const table = await otpauth.open(textFile(text, length === undefined ? {} : { length }), context());
  return Array.fromAsync(table.rows);
};

describe("a key URI", () => {
  test("has the label and the settings that another library writes", () => {
    const key = fc.uint8Array({ minLength: 10, maxLength: 64 });
    const settings = fc.record({
      algorithm: fc.constantFrom("SHA1", "SHA256", "SHA512"),
      digits: fc.constantFrom(6, 8),
      period: fc.constantFrom(30, 60),
    });
    fc.assert(
      fc.property(key, label, label, settings, fc.nat(2 ** 40), (bytes, issuer, account, more, timestamp) => {
        const original = new TOTP({
          issuer,
          label: account,
          secret: new Secret({ buffer: bytes.buffer as ArrayBuffer }),
          ...more,
        });
        const read = parseOtpauth(original.toString());
        expect(read).toMatchObject({
          type: "totp",
          issuer,
          account,
          algorithm: more.algorithm,
          digits: String(more.digits),
          period: String(more.period),
        });
        const again = new TOTP({ secret: Secret.fromBase32(read?.secret ?? ""), ...more });
        expect(again.generate({ timestamp })).toBe(original.generate({ timestamp }));
      }),
    );
  });

  it("of a counter has the counter", () => {
    const uri = new HOTP({
      issuer: "ACME",
      label: "li",
      secret: Secret.fromBase32(secret),
      counter: 42,
    }).toString();
    expect(URI.parse(uri)).toBeInstanceOf(HOTP);
    expect(parseOtpauth(uri)).toMatchObject({ type: "hotp", counter: "42", account: "li" });
  });

  it.each([
    [
      `otpauth://totp/ACME #1:li@example.com?secret=${secret}`,
      { account: "li@example.com", issuer: "ACME #1" },
    ],
    [`otpauth://totp/li?secret=${secret}&issuer=ACME #1&digits=8`, { digits: "8" }],
    [`otpauth://totp/li?secret=${secret}#digits=8`, { digits: "8", secret }],
    [`otpauth://totp/li?secret=${secret}==#fragment`, { secret: `${secret}==` }],
    [`otpauth://totp/li?secret=${secret}&amp;digits=8&AMP;period=60`, { digits: "8", period: "60" }],
    [
      `otpauth://totp/li+otp@example.com?secret=${secret}&issuer=Air+Canada`,
      { account: "li+otp@example.com", issuer: "Air Canada" },
    ],
    [`otpauth://totp/ACME%3A%20%20zo%C3%AB?secret=${secret}`, { account: "zoë", issuer: "ACME" }],
    [`otpauth://totp/示例：张三?secret=${secret}`, { account: "张三", issuer: "示例" }],
    [`otpauth://totp/A:B:li?secret=${secret}&issuer=A:B`, { account: "li", issuer: "A:B" }],
    [`otpauth://totp/%E5%A?secret=${secret}`, { account: "", secret }],
    [`otpauth://totp/li?secret=${secret}&image=a&image=b&=c&=d`, { secret }],
    [`otpauth://totp/li?secret=${secret}&encoder=Steam`, { type: "steam" }],
    [`otpauth://totp/li?secret=${secret}&encoder=`, { type: "totp" }],
  ])("is read as it was meant: %s", (uri, parts) => {
    expect(parseOtpauth(uri)).toMatchObject(parts);
  });

  it.each([
    `otpauth://totp/li?secret=${secret}&SECRET=${secret}`,
    `otpauth://totp/li?secret=${secret}#&secret=${secret}`,
    `otpauth://totp/li?secret=${secret}&digits=6&amp;digits=8`,
    `otpauth://totp?secret=${secret}`,
    `https://totp/li?secret=${secret}`,
  ])("is refused where it leaves something open: %s", (uri) => {
    expect(parseOtpauth(uri)).toBeUndefined();
  });

  it("has an account in its label, with or without an issuer", () => {
    expect(labelParts("li", "")).toEqual({ account: "li", issuer: "" });
    expect(labelParts(":li", "")).toEqual({ account: "li", issuer: "" });
    expect(labelParts("ACME:", "")).toEqual({ account: "", issuer: "ACME" });
    expect(labelParts("", "ACME")).toEqual({ account: "", issuer: "ACME" });
  });
});

describe("an export of Google Authenticator", () => {
  const key = fc.record({
    secret: fc.uint8Array({ minLength: 1, maxLength: 64 }),
    name: label,
    issuer: label,
    algorithm: fc.nat(5),
    digits: fc.nat(3),
    type: fc.nat(3),
    counter: fc.nat(),
    newer: fc.nat(),
  });
  const message = fc.record({
    otpParameters: fc.array(key, { maxLength: 12 }),
    version: fc.nat(3),
    batchSize: fc.integer({ min: 1, max: 20 }),
    batchIndex: fc.constant(0),
    batchId: fc.integer(),
    newer: fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed()),
  });

  test("has the keys that protobufjs writes", () => {
    fc.assert(
      fc.property(message, (written) => {
        const read = readMigration(uriOf(encoded(written)));
        expect(read).toEqual({
          batch: String(written.batchId),
          size: written.batchSize,
          index: 0,
          keys: written.otpParameters.map((each) => ({
            account: each.name,
            issuer: each.issuer,
            secret: encodeBase32(each.secret),
            type: ["unspecified", "hotp", "totp", "unknown"][each.type],
            algorithm: ["", "SHA1", "SHA256", "SHA512", "MD5", "unknown"][each.algorithm],
            digits: ["6", "6", "8", "unknown"][each.digits],
            period: each.type === 1 ? "" : "30",
            counter: each.type === 1 ? String(each.counter) : "",
          })),
        });
      }),
    );
  });

  it("may have plus signs that are not encoded, and a counter of 64 bits", () => {
    const bytes = encoded({ otpParameters: [{ secret: Buffer.alloc(12, 0xfb), type: 1, counter: 2 ** 40 }] });
    const data = bytes.toString("base64");
    expect(data).toContain("+");
    const read = readMigration(`otpauth-migration://offline?data=${data}`);
    expect(read?.keys[0]).toMatchObject({
      secret: encodeBase32(Buffer.alloc(12, 0xfb)),
      counter: String(2 ** 40),
    });
  });

  it.each([
    ["a number where bytes are", [0x08, 0x01]],
    ["bytes where a number is", [0x1a, 0x00]],
    ["a message that ends early", [0x0a, 0x05, 0x0a]],
    ["a number that ends early", [0x10, 0x80]],
    ["a field that ends early", [0x62, 0x7f, 0x00]],
    ["a field 0", [0x02, 0x00]],
    ["a group", [0x63, 0x64]],
    ["a part beyond the last one", [0x18, 0x02, 0x20, 0x02]],
    ["too many parts", [0x18, 0xe9, 0x07]],
  ])("with %s is refused", (_, bytes) => {
    expect(readMigration(uriOf(Uint8Array.from(bytes)))).toBeUndefined();
  });

  it.each([
    "otpauth-migration://offline?data=CgA=&data=CgA=",
    "otpauth-migration://offline?data=%E5",
    "otpauth-migration://offline?data=C g A=",
    "otpauth-migration://offline?data=CgB=",
    `otpauth-migration://offline?data=${"A".repeat(70_000)}`,
    "otpauth-migration://offline",
  ])("that is written in another way is refused: %#", (uri) => {
    expect(readMigration(uri)).toBeUndefined();
  });

  it("with a key that is damaged keeps the others", () => {
    const good = encoded({ otpParameters: [{ secret: Buffer.from("invented secret"), type: 2 }] });
    const badName = [0x0a, 0x03, 0x12, 0x01, 0xff];
    const read = readMigration(uriOf(Buffer.concat([Buffer.from(badName), good])));
    expect(read?.keys).toEqual([undefined, expect.objectContaining({ type: "totp" })]);
  });

  test("of any bytes is read or refused", () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ maxLength: 6 }), fc.nat(), (written, put, position) => {
        const bytes = encoded(written);
        const at = position % (bytes.length + 1);
        const changed = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + put.length)]);
        for (const each of [changed, bytes.subarray(0, at), put]) {
          expect(readMigration(uriOf(each))?.size ?? 1).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a list of key URIs", () => {
  it.each([
    [`otpauth://totp/li?secret=${secret}`, true],
    [`\n# comment\n\r\n  OTPAUTH-MIGRATION://offline?data=`, true],
    [`uri\notpauth://totp/li?secret=${secret}`, false],
    ["# only\n# comments", false],
    ["", false],
  ])("is recognised by its first line: %j", (text, isList) => {
    expect(otpauth.recognizes(textFile(text))).toBe(isList);
  });

  it("is no binary file", () => {
    const { text: _, ...binary } = textFile("otpauth://");
    expect(otpauth.recognizes(binary)).toBe(false);
  });

  test.each([1, 2, 7, 1000])("reads the same in pieces of %d, whatever ends its lines", async (length) => {
    for (const name of ["addresses-listed.txt", "exports-of-authenticator.txt"]) {
      const text = readFileSync(`lib/formats/otpauth/fixtures/${name}`, "utf8").replaceAll("\r\n", "\n");
      const whole = await rowsOf(text);
      for (const end of ["\n", "\r\n", "\r"]) {
        expect(await rowsOf(text.replaceAll("\n", end), length)).toEqual(whole);
      }
    }
  });

  it("goes on behind a line that is too long, and keeps only its beginning", async () => {
    const rows = await rowsOf(
      `otpauth://totp/${"x".repeat(3_000_000)}\notpauth://totp/li?secret=${secret}`,
      100_000,
    );
    expect(rows.map(({ place, problems }) => [place, problems])).toEqual([
      ["line 1", [{ code: "uri-invalid" }]],
      ["line 2", []],
    ]);
    expect(rows[0]?.original.join("").length).toBeLessThan(70_000);
  });

  it("says once for each export that parts are missing", async () => {
    const part = (batchId: number, batchIndex: number) =>
      uriOf(encoded({ otpParameters: [{ name: "li", type: 2 }], batchSize: 1000, batchIndex, batchId }));
    const table = await otpauth.open(textFile([part(1, 0), part(-2, 5), part(1, 1)].join("\n")), context());
    const rows = await Array.fromAsync(table.rows);
    expect(rows.slice(3)).toMatchObject([
      { place: "line 1, other parts", problems: [{ code: "migration-part-missing" }] },
      { place: "line 2, other parts", problems: [{ code: "migration-part-missing" }] },
    ]);
    expect(table.end?.()).toEqual({ details: { migrationPartsMissing: String(998 + 999) } });
  });

  it("remembers parts of a limited number of exports", async () => {
    const lines = Array.from({ length: 10_001 }, (_, batchId) =>
      uriOf(encoded({ otpParameters: [{ type: 2 }], batchSize: 2, batchId })),
    );
    await expect(rowsOf(lines.join("\n"))).rejects.toMatchObject({
      code: "oversized",
      reason: "migration-parts-too-many",
      path: "line 10001",
    });
  });

  test("of any text gives rows with places of their own", async () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ maxLength: 40 }).map((text) => `otpauth://totp/${text}`),
      fc.base64String({ maxLength: 40 }).map((text) => `otpauth-migration://offline?data=${text}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        async (lines, length) => {
          const rows = await rowsOf(lines.join("\n"), length);
          expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length);
          for (const { original, values, problems } of rows) {
            expect(original).toHaveLength(9);
            expect(values === undefined).toBe(problems.length > 0);
          }
        },
      ),
    );
  });
});

describe("base64", () => {
  test("is read as Node writes it, with or without padding and with line breaks", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(40), (bytes, at) => {
        const text = Buffer.from(bytes).toString("base64");
        const plain = new Uint8Array(bytes);
        expect(decodeBase64(text)).toEqual(plain);
        expect(decodeBase64(text.replaceAll("=", ""))).toEqual(plain);
        expect(decodeBase64(`${text.slice(0, at)}\r\n  ${text.slice(at)}`)).toEqual(plain);
      }),
    );
  });

  it.each(["A", "AA=", "AB==", "A=A=", "AAAA=", "AA-_", "====", "AAAAé"])("is not %s", (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
