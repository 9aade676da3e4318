import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TableDetails } from "#lib/formats/format.ts";
import { rejectedFile } from "#lib/uploads/rejected-file.ts";
import { openImports } from "./imports.ts";

// The file of rejected rows is of the same product as the file that they come from: its secrets are written, and its settings checked, alike.

const fixture = (path: string) => readFileSync(`lib/layouts/${path}`);

describe("rejected rows that are uploaded again", () => {
  it.each([
    ["linotp/fixtures/tokens-without-users.csv", "linotp"],
    ["pskc/fixtures/tokens-unsupported.pskcxml", "pskc"],
    ["otpauth/fixtures/addresses-listed.txt", "otpauth"],
  ])("are read by the layout of their file: %s", async (path, layout) => {
    const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
    const first = run.upload("otp", path.slice(path.lastIndexOf("/") + 1), fixture(path));
    await run.settle();
    const { rejected, summary } = run.results(first);
    expect(summary.details).toMatchObject({ layout });
    const again = run.upload("otp", "rejected.csv", rejected);
    await run.settle();
    const { summary: second } = run.results(again);
    expect(second).toMatchObject({ state: "finished", rows: summary.secrets.rejected, accepted: 0 });
    expect(second.details).toMatchObject({ layout });
    expect(Object.keys(second.reasons).join()).toMatch(/removed/);
  });

  it("take a secret in hexadecimal where the product writes it so", async () => {
    const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
    run.upload("users", "people.csv", "username,email\nli.si,li.si@example.com\n");
    await run.settle();
    const key = "9600432297befd79a097fbc905e3cd4388bdc8f3";
    const line = (digits: number) => `li.si,,,LT0001,${key},totp,${digits},30,`;
    const first = run.upload("otp", "tokens.csv", `# version: 2\n${line(8)}\n`);
    await run.settle();
    const { rejected } = run.results(first);
    expect(rejected).not.toContain(key);
    const mended = rejected.replace("<removed>,totp,8", `${key},totp,6`).replaceAll("<removed>", "");
    const again = run.upload("otp", "rejected.csv", mended);
    await run.settle();
    expect(run.results(again).summary).toMatchObject({ accepted: 1, rejected: 0 });
    const [person] = run.pool.users();
    expect(run.pool.factorsOf(person?.userId ?? "").otp).toMatchObject({
      secret: "SYAEGIUXX36XTIEX7PEQLY6NIOEL3SHT",
    });
  });
});

/** The file of rejected rows of a file with these columns, and its bytes. */
function written(
  details: TableDetails,
  columns: readonly string[] | undefined,
  rows: readonly Partial<Parameters<ReturnType<typeof rejectedFile>["record"]>[0]>[],
) {
  const { name, contentType, ...file } = rejectedFile({ details, columns });
  const records = rows.map((row) =>
    file.record({ place: "line 2", original: ["张三", "bad"], isRecord: false, reasons: [], ...row }),
  );
  return { name, contentType, bytes: Buffer.concat([file.beginning(), ...records]) };
}

const reasons = ["email: email-invalid", "name: of-a-source-of-yours"];
const english = "email: email-invalid (The value is no e-mail address.); name: of-a-source-of-yours";
const both = english.replace("address.)", "address. 该值不是邮箱地址。)");

describe("a file of rejected rows", () => {
  // Format, encoding and delimiter of the file; encoding, mark and delimiter of its rejected rows.
  it.each([
    ["csv", "utf-8", undefined, "utf-8", "\uFEFF", ","],
    ["csv", "utf-8", ";", "utf-8", "\uFEFF", ";"],
    ["csv", "utf-8", "tab", "utf-8", "\uFEFF", "\t"],
    ["csv", "utf-16le", "tab", "utf-16le", "\uFEFF", "\t"],
    ["csv", "utf-16be", ",", "utf-16be", "\uFEFF", ","],
    ["csv", "gb18030", ",", "gb18030", "", ","],
    ["csv", "windows-1252", ";", "windows-1252", "", ";"],
    // Big5 lacks characters of the reasons.
    ["csv", "big5", ",", "utf-8", "\uFEFF", ","],
    ["pskc", "gb18030", undefined, "utf-8", "\uFEFF", ","],
    ["xlsx", undefined, undefined, "utf-8", "\uFEFF", ","],
  ])("of %s in %s, delimiter %s, is written like its file", (format, encoding, delimiter, ...like) => {
    const [charset, mark, between] = like;
    const details = { format, ...(encoding && { encoding }), ...(delimiter && { delimiter }) };
    const { bytes, ...file } = written(details, ["name", "email"], [{ original: ["Zoë", "bad"], reasons }]);
    expect(file).toEqual({
      name: between === "\t" ? "rejected.tsv" : "rejected.csv",
      contentType: `text/csv; charset=${charset}`,
    });
    const told = charset === "windows-1252" ? english : both;
    const cells = ["Zoë", "bad", "line 2", between === ";" ? `"${told}"` : told];
    expect(new TextDecoder(charset, { ignoreBOM: true }).decode(bytes)).toBe(
      `${mark}${["name", "email", "row", "reason"].join(between)}\r\n${cells.join(between)}\r\n`,
    );
  });

  it("of records has their fields, and the text of a line that is no record", () => {
    const { bytes, ...file } = written({ format: "json-lines" }, undefined, [
      { original: ['{"email":"bad","row":"line 9"}'], isRecord: true, reasons },
      { original: ["{no json"], reasons: ["json-invalid"] },
      { original: [], reasons: [] },
    ]);
    expect(file).toEqual({ name: "rejected.ndjson", contentType: "application/x-ndjson" });
    const lines = bytes.toString().split("\n");
    expect(lines.splice(-1)).toEqual([""]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { email: "bad", row: "line 2", reason: both },
      { original: "{no json", row: "line 2", reason: expect.stringMatching(/^json-invalid \(.+\)$/) },
      { original: "", row: "line 2", reason: "" },
    ]);
  });

  it.each([
    ["", ["张三", "bad"], "张三,bad,line 2,"],
    ["too few cells stay too few", ["张三"], "张三,line 2,"],
    ["too many stay too many", ["张三", "bad", "line 5", "x"], "张三,bad,line 5,x,line 2,"],
    ["a record gets all columns", ["张三"], "张三,,line 2,", true],
    ["a record gets no column of another row", ["张三", "bad", "x"], "张三,bad,line 2,", true],
  ])("has a row as it was written: %s", (_, original, line, isRecord = false) => {
    const { bytes } = written(
      { format: "csv", encoding: "gb18030" },
      ["name", "email"],
      [{ original, isRecord }],
    );
    expect(new TextDecoder("gb18030").decode(bytes)).toBe(`name,email,row,reason\r\n${line}\r\n`);
  });

  it.each([
    ["line 12", true],
    ["'line 12", true],
    ["line 12, other parts", true],
    ["Sheet 1!12", true],
    ["'=A!12", true],
    ["users[3]", true],
    ["<removed>", true],
    ["", false],
    ["line", false],
    ["line of work", false],
    ["on line 12", false],
    ["hello!", false],
    ["!12", false],
    ["[3]", false],
    ["removed", false],
  ])("that was uploaded again drops the two cells from %j on, if that is a place: %s", (cell, isPlace) => {
    const columns = ["id", "name", "email", "row", "reason"];
    const { bytes } = written({ format: "csv", encoding: "gb18030" }, columns, [
      { original: ["1", "张三", "bad", cell, "old"] },
    ]);
    const kept = isPlace ? "" : `${cell},old,`;
    expect(new TextDecoder("gb18030").decode(bytes)).toBe(
      `id,name,email,row,reason\r\n1,张三,bad,${kept}line 2,\r\n`,
    );
  });
});
