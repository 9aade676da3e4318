import { describe, expect, test } from "vitest";
import type { UploadKindName } from "#lib/layouts/layout.ts";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { layoutSettings } from "../contract/files.ts";

const settings = { ...layoutSettings, translation: { region: "CN", departments: {}, customData: {} } };
const secret = "NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR";
const uri = `otpauth://totp/ACME:li.si@example.com?secret=${secret}`;
const mark = "<removed>";

const translatorOf = (
  kind: UploadKindName,
  columns?: readonly string[],
  { layout, mapped = {} }: { layout?: string; mapped?: Readonly<Record<string, string>> } = {},
) =>
  rowTranslator(
    { kind, columns, startedAt: "2026-11-27T08:00:00.000Z", ...(layout !== undefined && { layout }) },
    { ...settings, columns: mapped },
  );

/** What results show of a row with these cells or values. */
function shown(kind: UploadKindName, values: Readonly<Record<string, unknown>>, options = {}) {
  const isTable = Object.values(values).every((value) => typeof value === "string");
  const columns = isTable ? Object.keys(values) : undefined;
  const original = columns ? (Object.values(values) as string[]) : [JSON.stringify(values)];
  const row = { place: "line 2", values, original, problems: [] };
  const cells = translatorOf(kind, columns, options).redacted(row);
  return columns
    ? Object.fromEntries(columns.map((column, at) => [column, cells[at]]))
    : (JSON.parse(cells[0] ?? "") as unknown);
}

describe("results of a file of people", () => {
  test("show what is about a password or a recovery, and is none", () => {
    const values = {
      "Email Address": "he.jing@example.com",
      "Change Password at Next Sign-In": "TRUE",
      "Recovery Email": "he@example.org",
      "Recovery Phone [MUST BE IN THE E.164 FORMAT]": "+8613800138000",
      passwordEncryptType: "rsa",
      backup_email_address: "he@example.net",
    };
    expect(shown("users", values)).toEqual(values);
  });

  test.each([
    ["Initial password [passwordProfile] Required", "x"],
    ["Password for email", "x"],
    ["Recovery Code", "x"],
    ["password_reset_token", "x"],
    ["remarks", `see ${uri}`],
    ["remarks", "otpauth-migration://offline?data=Ch"],
    ["remarks", '[{"type":"Totp","key":"ABC'],
    ["PIN", "1234"],
    ["remarks", `${"[".repeat(30_000)}"${secret}"${"]".repeat(30_000)}`],
    ["remarks", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
  ])("do not show %s: %s", (column, value) => {
    expect(shown("users", { email: "a@example.com", [column]: value })).toMatchObject({ [column]: mark });
  });

  test("show flags, and look into lists, objects and JSON in texts", () => {
    expect(
      shown("users", {
        email: "a@example.com",
        mfaPassword: true,
        password: { type: "bcrypt", value: "$2b$10$abc", changed: false },
        links: [{ name: "x", target: [uri] }],
        extra: JSON.stringify({ name: "何静", totpSecret: secret }),
        tags: '["a", "b"]',
        deep: JSON.parse(`${"[".repeat(80)}"${secret}"${"]".repeat(80)}`) as unknown,
      }),
    ).toMatchObject({
      mfaPassword: true,
      password: { type: "bcrypt", value: mark, changed: false },
      links: [{ name: "x", target: [mark] }],
      extra: JSON.stringify({ name: "何静", totpSecret: mark }),
      tags: '["a", "b"]',
    });
  });
});

describe("results of a file of secrets", () => {
  test("show who is meant and how codes are made, and of the rest nothing that no product's layout knows", () => {
    expect(
      shown("otp", {
        userId: "6a1",
        secret,
        digits: "6",
        label: "ACME",
        email: secret,
        工号: "christophersmith",
      }),
    ).toEqual({
      userId: "6a1",
      secret: mark,
      digits: "6",
      label: mark,
      email: mark,
      工号: "christophersmith",
    });
    expect(
      shown(
        "otp",
        { "Staff No": "E-7", seeds: secret },
        { mapped: { "Staff No": "externalId", seeds: "secret" } },
      ),
    ).toEqual({ "Staff No": "E-7", seeds: mark });
  });

  test("show what a product's layout knows and does not read, unless it looks like a secret", () => {
    const token = {
      upn: "a@example.com",
      "secret key": secret,
      "time interval": "30",
      manufacturer: "Exämple",
      model: "T1",
    };
    expect(
      shown("otp", { ...token, "serial number": "EX-7", remarks: "x" }, { layout: "entra-oath" }),
    ).toEqual({
      ...token,
      "secret key": mark,
      "serial number": "EX-7",
      remarks: mark,
    });
    expect(shown("otp", { ...token, "serial number": secret }, { layout: "entra-oath" })).toMatchObject({
      "serial number": mark,
    });
  });
});

describe("a row of results that is uploaded again", () => {
  const problemsOf = (kind: UploadKindName, values: Readonly<Record<string, unknown>>, layout?: string) =>
    translatorOf(kind, undefined, layout === undefined ? {} : { layout })
      .translate({ place: "line 2", values, original: [], problems: [] })
      .flatMap(({ problems }) => problems.map(({ code, column = "" }) => `${column}: ${code}`));

  test("is accepted when only what nothing reads is still removed", () => {
    expect(problemsOf("otp", { userId: "6a1", secret, label: mark, issuer: mark })).toEqual([]);
    expect(problemsOf("users", { email: "a@example.com", "API token": mark })).toEqual([]);
  });

  test("is refused where what is read is still removed, by the name of what it is", () => {
    expect(problemsOf("otp", { userId: "6a1", secret: mark, recoveryCode: mark })).toEqual([
      "secret: secret-removed",
      "recoveryCode: recovery-code-removed",
    ]);
    expect(problemsOf("users", { email: "a@example.com", password: mark })).toEqual([
      "password: password-removed",
    ]);
    expect(problemsOf("otp", { uri: mark, account: "" }, "otpauth")).toEqual(["uri: secret-removed"]);
  });

  test("is refused where a part of a hash or a list of factors is still removed", () => {
    const person = { id: "1", username: "li", email: "li@example.com" };
    const credentialData = '{"hashIterations":27500,"algorithm":"pbkdf2-sha256"}';
    expect(
      problemsOf(
        "users",
        { ...person, credentials: [{ type: "password", secretData: mark, credentialData }] },
        "keycloak",
      ),
    ).toEqual(["credentials[0].secretData: password-removed"]);
    expect(
      problemsOf(
        "users",
        { ...person, encryptionScheme: "salted-sha256", factor: 1, salt: mark, password: "MTIzNA==" },
        "fusionauth",
      ),
    ).toEqual(["salt: password-removed"]);
    expect(
      problemsOf(
        "users",
        {
          user_id: "auth0|1",
          email: "li@example.com",
          custom_password_hash: {
            algorithm: "sha256",
            hash: { value: "00", encoding: "hex" },
            salt: { value: mark },
          },
        },
        "auth0",
      ),
    ).toEqual(["custom_password_hash.salt.value: password-removed"]);
  });
});
