import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import { encodeBase32 } from "#lib/fields/base32.ts";
import type { FileKeys, OpenFile, Row } from "#lib/formats/format.ts";
import pskc from "#lib/formats/pskc/index.ts";
import * as fc from "../properties.ts";
import { context, textFile } from "./decoded-text.ts";

const fixtures = "lib/formats/pskc/fixtures";
const fixture = (name: string) => readFileSync(`${fixtures}/${name}`, "utf8");
const keys = JSON.parse(readFileSync("test/contract/file-keys.json", "utf8")) as FileKeys;

async function rowsOf(file: OpenFile | string, known: FileKeys = keys): Promise<Row[]> {
  const opened = typeof file === "string" ? textFile(file) : file;
  return Array.fromAsync((await pskc.open(opened, context(known))).rows);
}

const container = (inner: string, more = "") =>
  `<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"${more}>${inner}</KeyContainer>`;
const keyPackage = (data: string) =>
  `<KeyPackage><Key Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><Data>${data}</Data></Key></KeyPackage>`;
const plain = keyPackage("<Secret><PlainValue>aW52ZW50ZWQgc2VjcmV0</PlainValue></Secret>");
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("a container", () => {
  it.each([
    [container(plain), true],
    [`\n<?xml version="1.0"?>\n<!-- <x> -->\n<a.b-c:KeyContainer\n>`, true],
    [`<?xml version="1.0"?><!DOCTYPE KeyContainer [`, true],
    [`<KeyContainers>`, false],
    [`<html><KeyContainer>`, false],
    [`<!-- <KeyContainer> `, false],
    [`KeyContainer`, false],
    ["", false],
  ])("is recognised by its first element: %s", (text, isContainer) => {
    expect(pskc.recognizes(textFile(text))).toBe(isContainer);
  });

  it.each([
    [`<!DOCTYPE KeyContainer [<!ENTITY a "b">]>${container(plain)}`, "xml-doctype"],
    [container(plain).slice(0, -3), "xml-malformed"],
    [container(`${plain}<KeyPackage></Key>`), "xml-malformed"],
    [` <?xml version="1.0"?>${container(plain)}`, "xml-malformed"],
    [container("&entity;"), "xml-malformed"],
    [container("<unbound:KeyPackage/>"), "xml-malformed"],
    [container("<a>".repeat(40) + "</a>".repeat(40)), "xml-too-deep"],
    [container(`<KeyPackage>${"<Key/>".repeat(10_001)}</KeyPackage>`), "xml-too-deep"],
    [container(`<!--${"x".repeat(1_200_000)}-->`), "record-too-long"],
    [container(`<KeyPackage a="${"x".repeat(1_200_000)}"/>`), "record-too-long"],
    [container(plain).replace("1.0", "2.0"), "pskc-version-unknown"],
    [container(`<EncryptionKey/>${plain}<EncryptionKey/>`), "element-misplaced"],
    [container(`<MACMethod/><MACMethod/>`), "element-misplaced"],
    [container(`${plain}<MACMethod/>`), "element-misplaced"],
  ])("is refused with the line: %#", async (text, reason) => {
    const error = await rowsOf(text).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InboundError);
    expect(error).toMatchObject({ code: "malformed", reason, path: "line 1", hint: expect.any(String) });
  });

  it.each([
    ["windows-1252", "detected", "iso-8859-1", true],
    ["gb18030", "detected", "GBK", false],
    ["gb18030", "detected", "GB18030", true],
    ["gb18030", "detected", "no-such-encoding", false],
    ["gb18030", "configured", "big5", true],
    ["utf-8", "valid-utf-8", "utf-16", true],
  ])("that was read as %s (%s) and declares %s is read: %s", async (encoding, why, declared, isRead) => {
    const text = `<?xml version="1.0" encoding="${declared}"?>${container(plain)}`;
    const rows = rowsOf(textFile(text, { encoding, why }));
    const outcome = await rows.then(({ length }) => length).catch(reasonOf);
    expect(outcome).toBe(isRead ? 1 : "encoding-declared-differs");
  });

  it("gives its first key before the rest of it is read", async () => {
    let given = 0;
    const file = textFile("");
    const text = {
      ...(file.text as NonNullable<OpenFile["text"]>),
      async *pieces() {
        yield container(plain).replace("</KeyContainer>", "");
        for (given = 1; given < 100; given += 1) yield plain;
        yield "</KeyContainer>";
      },
    };
    const table = await pskc.open({ ...file, text }, context());
    const rows = table.rows[Symbol.asyncIterator]();
    expect(await rows.next()).toMatchObject({ value: { place: "line 1, key 1" } });
    expect(given).toBeLessThan(2);
    await rows.return?.();
  });

  it("with as many keys in one package as there may be is read in time", async () => {
    const one = `<KeyPackage><DeviceInfo/>${"<Key/>".repeat(9_000)}</KeyPackage>`;
    expect(await rowsOf(container(one.repeat(10)))).toHaveLength(90_000);
  });
});

describe("the key of an encrypted container", () => {
  const encrypted = fixture("rfc6030-figure-6.pskcxml");
  const derived = fixture("rfc6030-figure-7.pskcxml");

  it.each([
    [encrypted, {}, "malformed", "pskc-key-missing", "KeyName Pre-shared-key"],
    [
      encrypted,
      { pskcKeys: { "": "00".repeat(16) } },
      "malformed",
      "pskc-key-missing",
      "KeyName Pre-shared-key",
    ],
    [
      encrypted.replace("Pre-shared-key", "toString"),
      {},
      "malformed",
      "pskc-key-missing",
      "KeyName toString",
    ],
    [
      encrypted.replace("Pre-shared-key", "a\u202eb"),
      {},
      "malformed",
      "pskc-key-missing",
      "KeyName (not a plain name)",
    ],
    [encrypted.replace("Pre-shared-key", ""), {}, "malformed", "pskc-key-missing", "KeyName (none)"],
    [
      encrypted,
      { pskcKeys: { "Pre-shared-key": "00".repeat(32) } },
      "malformed",
      "pskc-key-length",
      "KeyName Pre-shared-key",
    ],
    [
      encrypted,
      { pskcKeys: { "Pre-shared-key": "secret" } },
      "malformed",
      "pskc-key-invalid",
      "pskcKeys Pre-shared-key",
    ],
    [derived, { pskcPassword: "" }, "malformed", "pskc-key-missing", "KeyName My Password 1"],
    [
      derived.replace("<KeyLength>16<", "<KeyLength>20<"),
      keys,
      "malformed",
      "pskc-key-length",
      "KeyName My Password 1",
    ],
    [derived.replace(">1000<", ">1000001<"), keys, "oversized", "key-derivation-too-slow", "line 4"],
    [derived.replace(">1000<", ">-1<"), keys, "malformed", "key-derivation-unsupported", "line 4"],
    [derived.replace("Ej7/PEpyEpw=", ""), keys, "malformed", "key-derivation-unsupported", "line 4"],
    [derived.replace("#pbkdf2", "#pbkdf1"), keys, "malformed", "key-derivation-unsupported", "line 4"],
    [
      derived.replace("<PRF/>", '<PRF Algorithm="md5"/>'),
      keys,
      "malformed",
      "key-derivation-unsupported",
      "line 4",
    ],
    [derived.replace("<PRF/>", "<PRF/><PRF/>"), keys, "malformed", "element-misplaced", "line 4"],
  ])("is looked for by its name, and checked: %#", async (text, known, code, reason, path) => {
    const error = await rowsOf(text, known).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, reason, path, hint: expect.any(String) });
  });

  it("may be configured in base64", async () => {
    const key = Buffer.from("12345678901234567890123456789012", "hex").toString("base64");
    const [row] = await rowsOf(encrypted, { pskcKeys: { "Pre-shared-key": key } });
    expect(row?.values).toMatchObject({ secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" });
  });

  it.each([
    [encrypted, { pskcKeys: { "Pre-shared-key": "00".repeat(16) } }],
    [derived, { pskcPassword: "another" }],
  ])("that is another one opens nothing", async (text, known) => {
    expect(await rowsOf(text, known)).toMatchObject([
      { values: undefined, problems: [{ code: "mac-mismatch" }] },
    ]);
  });

  it("is not asked for where no value is encrypted, nor for what is encrypted in a way that is not read", async () => {
    await expect(rowsOf(fixture("tokens-plain.pskcxml"), {})).resolves.toHaveLength(8);
    await expect(rowsOf(fixture("rfc6030-figure-8.pskcxml"), {})).resolves.toHaveLength(1);
  });

  it("comes from a secret that may be missing", async () => {
    const missing = new InboundError("misconfigured", "secret-missing");
    const table = await pskc.open(textFile(encrypted), { ...context(), keys: () => Promise.reject(missing) });
    await expect(Array.fromAsync(table.rows)).rejects.toBe(missing);
  });
});

describe("values that Node encrypts", () => {
  const bits = fc.constantFrom(128, 192, 256);
  const hash = fc.constantFrom("sha1", "sha256", "sha512");
  const secret = fc.uint8Array({ minLength: 1, maxLength: 80 });
  const method = (name: string) =>
    `<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#${name}"/><CipherData><CipherValue>`;
  const value = (name: string, bytes: Uint8Array) =>
    `${method(name)}${base64(bytes)}</CipherValue></CipherData>`;

  function cbc(key: Uint8Array, bytes: Uint8Array): Buffer {
    const iv = randomBytes(16);
    const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv);
    return Buffer.concat([iv, cipher.update(bytes), cipher.final()]);
  }

  test("are read with a pre-shared key, whatever the lengths and hashes", async () => {
    await fc.assert(
      fc.asyncProperty(bits, hash, secret, fc.boolean(), async (size, name, bytes, hasMacKey) => {
        const key = randomBytes(size / 8);
        const macKey = hasMacKey ? randomBytes(20) : key;
        const encrypted = cbc(key, bytes);
        const mac = createHmac(name, macKey).update(encrypted).digest();
        const algorithm = `aes${size}-cbc`;
        const text = container(
          `<EncryptionKey/><MACMethod Algorithm="urn:x#hmac-${name}">${
            hasMacKey ? `<MACKey>${value(algorithm, cbc(key, macKey))}</MACKey>` : ""
          }</MACMethod>${keyPackage(
            `<Secret><EncryptedValue>${value(algorithm, encrypted)}</EncryptedValue><ValueMAC>${base64(mac)}</ValueMAC></Secret>`,
          )}`,
        );
        const known = { pskcKeys: { "": key.toString("hex") } };
        expect((await rowsOf(text, known))[0]?.values).toMatchObject({ secret: encodeBase32(bytes) });
        const changed = text.replace(base64(mac), base64(randomBytes(mac.length)));
        expect(await rowsOf(changed, known)).toMatchObject([{ problems: [{ code: "mac-mismatch" }] }]);
      }),
      { numRuns: 50 },
    );
  });

  test("are read with a password and key wrapping", async () => {
    await fc.assert(
      fc.asyncProperty(bits, hash, fc.nat(20), async (size, name, blocks) => {
        const salt = randomBytes(8);
        const key = pbkdf2Sync("口令", salt, 10, size / 8, name);
        const bytes = randomBytes(16 + blocks * 8);
        const cipher = createCipheriv(`id-aes${size}-wrap`, key, Buffer.alloc(8, 0xa6));
        const wrapped = Buffer.concat([cipher.update(bytes), cipher.final()]);
        const text = container(
          `<EncryptionKey><DerivedKey><KeyDerivationMethod Algorithm="urn:x#pbkdf2"><PBKDF2-params><Salt><Specified>${base64(salt)}</Specified></Salt><IterationCount>10</IterationCount><PRF Algorithm="urn:x#hmac-${name}"/></PBKDF2-params></KeyDerivationMethod></DerivedKey></EncryptionKey>${keyPackage(
            `<Secret><EncryptedValue>${value(`kw-aes${size}`, wrapped)}</EncryptedValue></Secret>`,
          )}`,
        );
        const [row] = await rowsOf(text, { pskcPassword: "口令" });
        expect(row?.values).toMatchObject({ secret: encodeBase32(bytes) });
      }),
      { numRuns: 30 },
    );
  });
});

describe("a damaged container", () => {
  const samples = globSync(`${fixtures}/*.{pskcxml,xml}`).map((path) => readFileSync(path, "utf8"));
  const mutation = fc.record({
    sample: fc.constantFrom(...samples),
    at: fc.nat(20_000),
    removed: fc.nat(40),
    put: fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom(
        "<",
        "</Key>",
        "<Key>",
        "&#0;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "PlainValue",
        "=",
        "\0",
        '"',
      ),
    ),
    length: fc.constantFrom(1, 7, 1000, 65_536),
  });

  test("gives rows, or an error that says what to do", async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async ({ sample, at, removed, put, length }) => {
        const start = at % sample.length;
        const text = sample.slice(0, start) + put + sample.slice(start + removed);
        const read = await rowsOf(textFile(text, { length })).catch((error: unknown) => error);
        const rows = read instanceof InboundError ? [] : (read as Row[]);
        expect(read instanceof InboundError ? read.hint : "rows").toBeTruthy();
        expect(new Set(rows.map(({ place }) => place)).size).toBe(rows.length);
        for (const { values, original, problems } of rows) {
          expect(original).toHaveLength(13);
          expect(values !== undefined || problems.length > 0).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  test.each([1, 7, 1000])("reads the same in pieces of %d", async (length) => {
    for (const sample of samples) {
      expect(await rowsOf(textFile(sample, { length }))).toEqual(await rowsOf(sample));
    }
  });
});
