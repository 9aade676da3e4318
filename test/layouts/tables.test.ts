import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { entryReader, findLayout, readContext } from "#lib/layouts/find.ts";
import type { Layout, LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";
import * as registry from "#lib/layouts/registry.ts";
import * as fc from "../properties.ts";

// Products whose files are tables: which file is whose, and what the configuration and people may add. What each file brings is in its golden.

const settings = (columns: Record<string, string> = {}): LayoutSettings => ({
  columns,
  fusionauthSecret: "base64",
});

/** A fixture as a format gives it: the first record with several known names is the header. */
function open(path: string) {
  const records = parse(readFileSync(`lib/layouts/${path}`), { relax_column_count: true }) as string[][];
  const { knows } = readContext("users", settings());
  const header = records.findIndex((record) => record.filter(knows).length > 1);
  const columns = records[header] ?? [];
  const rows = records
    .slice(header + 1)
    .map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""])));
  return { columns, rows, layout: findLayout({ format: "csv", columns, records: rows.slice(0, 1) }, {}) };
}

function read(path: string, kind: UploadKindName = "users", columns: Record<string, string> = {}) {
  const { columns: header, rows, layout } = open(path);
  const reader = entryReader(layout?.name, kind, header, settings(columns));
  return { entries: rows.flatMap((row) => reader.entries(row)), unmapped: reader.unmapped() };
}

const valuesOf = (fields: Readonly<Record<string, { value: unknown }>>) =>
  Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]));

test.each([
  ["okta-csv/fixtures/people.csv", "okta-csv"],
  ["entra/fixtures/bulk-create.csv", "entra"],
  ["entra/fixtures/download.csv", "entra"],
  ["entra-oath/fixtures/tokens.csv", "entra-oath"],
  ["entra-oath/fixtures/interval-in-one-word.csv", "entra-oath"],
  ["google-workspace/fixtures/upload.csv", "google-workspace"],
  ["google-workspace/fixtures/download.csv", "google-workspace"],
  ["cognito/fixtures/people.csv", "cognito"],
  ["gitlab/fixtures/users.csv", "gitlab"],
  ["gitlab/fixtures/api.csv", "gitlab"],
  ["dingtalk/fixtures/address-book.csv", "dingtalk"],
  ["wecom/fixtures/import.csv", "wecom"],
  ["wecom/fixtures/newer-template.csv", "wecom"],
  ["feishu/fixtures/members.csv", "feishu"],
  ["feishu/fixtures/lark.csv", "feishu"],
  ["authing-excel/fixtures/template.csv", "authing-excel"],
  ["slack/fixtures/members.csv", "slack"],
  ["plain/fixtures/spreadsheet.csv", undefined],
  ["plain/fixtures/people-with-secrets.csv", undefined],
])("%s is a file of %s", (path, name) => {
  expect(open(path).layout?.name).toBe(name);
});

test("a row of a template that is an example brings nothing", () => {
  const { entries } = read("entra/fixtures/bulk-create.csv");
  expect(entries.map(({ fields }) => fields["username"]?.value)).toEqual([
    "zhang.wei@example.com",
    "eva.kovacs@example.com",
  ]);
  expect(entries.map(({ fields }) => fields["accountDisabled"]?.value)).toEqual(["No", "Yes"]);
});

test("bots are no people", () => {
  expect(read("slack/fixtures/members.csv").entries).toHaveLength(4);
  expect(read("gitlab/fixtures/api.csv").entries).toHaveLength(1);
});

describe("an id", () => {
  test("is that of the directory where it is there; the number of the employee is left out with a note", () => {
    const [first, second, third] = read("dingtalk/fixtures/address-book.csv").entries;
    expect(first?.fields["externalId"]).toEqual({ value: "manager001", path: "员工UserID" });
    expect(first?.notes).toEqual([{ column: "工号", code: "column-left-out" }]);
    expect(second?.notes).toBeUndefined();
    // Never of two columns in one file: 工号 and UserID may be equal for two people.
    expect(third?.fields["externalId"]).toEqual({ value: "", path: "员工UserID" });
  });
});

describe("a secret", () => {
  test("that was added to a product's file of people is one more entry", () => {
    const { entries, unmapped } = read("okta-csv/fixtures/secret-column-added.csv");
    expect(entries.map(({ kind, part }) => [kind, part])).toEqual([
      ["person", undefined],
      ["secret", "secret"],
      ["person", undefined],
      ["person", undefined],
      ["secret", "secret"],
    ]);
    expect(valuesOf(entries[1]!.fields)).toEqual({
      externalId: "00103",
      username: "wang.wu@example.com",
      email: "wang.wu@example.com",
      secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      recoveryCode: "b471-8ec0-874a-087f-bccb-cd54",
      digits: "6",
    });
    expect(unmapped).toContain("honorificPrefix");
    expect(unmapped).not.toContain("TOTP Secret");
  });

  test("is what every row of a file of secrets is, also where the product exports none", () => {
    const { entries } = read("cognito/fixtures/people.csv", "otp");
    expect(entries.map(({ kind, fields }) => [kind, fields["username"]?.value, fields["secret"]])).toEqual([
      ["secret", "zhao.min", undefined],
      ["secret", "joao", undefined],
    ]);
  });
});

describe("the configuration of columns goes before a product's layout", () => {
  const path = "okta-csv/fixtures/people.csv";

  test("for fields and custom fields", () => {
    const { entries, unmapped } = read(path, "users", {
      "Cost Center": "customData.costCenter",
      mobilePhone: "-",
      managerId: "-",
      title: "nickname",
    });
    const [li, zoe] = entries;
    expect(li?.fields["customData"]).toEqual({ value: { costCenter: "C-7" }, path: "costCenter" });
    expect(li?.fields["nickname"]).toEqual({ value: "工程师", path: "title" });
    expect(zoe?.fields["phone"]).toBeUndefined();
    expect(unmapped).toContain("division");
    for (const column of ["costCenter", "managerId", "title"]) expect(unmapped).not.toContain(column);
  });

  test("for a secret that the product does not have", () => {
    const mapping = { division: "secret", title: "nickname" };
    const { entries } = read(path, "users", mapping);
    expect(entries.map(({ kind }) => kind)).toEqual(["person", "secret", "person", "secret", "person"]);
    expect(entries[1]?.fields["secret"]).toEqual({ value: "研发", path: "division" });
    expect(entries[1]?.fields["email"]?.value).toBe("Li.Na@Example.com");
    expect(entries[1]?.fields["nickname"]).toBeUndefined();
    const [first] = read(path, "otp", mapping).entries;
    expect([first?.kind, first?.fields["secret"]?.value]).toEqual(["secret", "研发"]);
  });

  test("which must name fields of ours", () => {
    expect(() => read(path, "users", { title: "jobTitle" })).toThrow(
      expect.objectContaining({ code: "misconfigured", reason: "columns-setting-unknown" }),
    );
  });
});

describe("a password of Google's", () => {
  test("is never a mask, and a weak hash refuses its row", () => {
    const masked = read("google-workspace/fixtures/download.csv").entries;
    expect(masked.map(({ fields, problems }) => [fields["password"]?.value, problems])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    const [plain, hashed] = read("google-workspace/fixtures/upload.csv").entries;
    expect(plain?.fields["password"]?.value).toBe("Start-Horse-31");
    expect(hashed?.fields["password"]?.value).toBeUndefined();
    expect(hashed?.problems).toEqual([
      { column: "Password Hash Function [UPLOAD ONLY]", code: "password-hash-weak" },
    ]);
  });
});

describe("a file that is refused by its product's name", () => {
  test.each([
    ["yubikey/fixtures/traditional.csv", "yubikey", "yubikey-log"],
    ["yubikey/fixtures/yubico.csv", "yubikey", "yubikey-log"],
    ["duo/fixtures/tokens.csv", "duo", "duo-tokens"],
  ])("%s", (path, name, reason) => {
    const records = parse(readFileSync(`lib/layouts/${path}`), { relax_column_count: true }) as string[][];
    const found = readContext("otp", settings()).headerless.find(({ recognizes }) => recognizes(records));
    expect(findLayout({ format: "csv", columns: found?.columns, records: [] }, {})?.name).toBe(name);
    expect(() => entryReader(name, "otp", found?.columns, settings())).toThrow(
      expect.objectContaining({ code: "malformed", reason, path: "file", hint: expect.any(String) }),
    );
  });

  test("is not every table without a header", () => {
    const { headerless } = readContext("otp", settings());
    for (const record of [
      ["张三", "a@example.com"],
      ["1001", "张三", "研发"],
      ["E-100", "13800138000"],
      [],
    ]) {
      expect(headerless.some(({ recognizes }) => recognizes([record]))).toBe(false);
    }
    expect(headerless.some(({ recognizes }) => recognizes([]))).toBe(false);
  });
});

describe.each(Object.values(registry) as Layout[])("$name", (layout) => {
  test("gives entries for any values, and recognises no people's own table", () => {
    const name = fc.oneof(fc.constantFrom(...(layout.columns ?? ["a"]), "__proto__"), fc.string());
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), fc.constantFrom("users", "otp"), (values, kind) => {
        for (const entry of layout.entries(values, kind, settings())) {
          expect(["person", "secret"]).toContain(entry.kind);
        }
      }),
    );
    for (const columns of [
      ["工号", "姓名", "邮箱", "部门"],
      ["email", "name", "status"],
      ["userId", "secret"],
    ]) {
      expect(layout.recognizes({ columns, values: {} })).toBe(false);
    }
    expect(layout.recognizes({ columns: undefined, values: undefined })).toBe(false);
  });
});
