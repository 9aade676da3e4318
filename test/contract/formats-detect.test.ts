import { describe, expect, test } from "vitest";
import { detect, openTable } from "#lib/formats/detect.ts";
import { pieces, pieceSizes } from "./format-samples.ts";

describe("openTable", () => {
  const bytes = (text: string) => Buffer.from(text, "latin1");

  test.each([
    ["users.csv", "name,email\n", "csv"],
    ["incoming/users/2026.11/Leute.CSV", "name,email\n", "csv"],
    ["users.tsv", "name\temail\n", "csv"],
    ["users.ndjson", '{"email":"a@example.com"}\n', "json-lines"],
    ["users.jsonl", '{"email":"a@example.com"}\n', "json-lines"],
  ])("detects the format of %s by its name", (name, head, format) => {
    expect(detect(name, Buffer.from(head)).name).toBe(format);
  });

  test.each([
    ["a.csv", "", "file-is-empty"],
    ["a.csv", "\x1f\x8b\x08", "file-is-gzip"],
    ["a.csv.gz", "\x1f\x8b\x08", "file-is-gzip"],
    ["a.zip", "PK\x03\x04", "file-is-zip"],
    ["a.xlsx", "PK\x03\x04", "file-is-xlsx"],
    ["a.csv", "PK\x03\x04", "file-is-zip"],
    ["a.xls", "\xd0\xcf\x11\xe0\xa1", "file-is-xls-or-protected-xlsx"],
    ["a.csv", "\xff\xfen\x00a\x00", "file-is-utf-16"],
    ["a.csv", "n\x00a\x00m\x00", "file-is-binary"],
    ["a.csv", "\xff\xfe\x00\x00", "file-is-utf-32"],
    ["a.ndjson.zst", "\x28\xb5\x2f\xfd", "file-is-zstandard"],
    ["a.csv.pgp", "-----BEGIN PGP MESSAGE-----", "file-is-openpgp"],
    ["a.csv", '\xef\xbb\xbf<?xml version="1.0"?>', "file-is-xml"],
    ["a.csv", '[{"email":', "file-is-json-document"],
    ["a.ndjson", '[\n {"email":', "file-is-json-document"],
    ["a.json", '{"users":[', "file-is-json-document"],
    ["a.csv", '{"email":"a@example.com"}', "file-is-json-lines"],
    ["a", "name,email\n", "file-extension-unknown"],
    ["dir.csv/a", "name,email\n", "file-extension-unknown"],
  ])("refuses %s that begins with %j: %s, and says what to do", async (name, head, reason) => {
    const opened = openTable(name, pieces(bytes(head)));
    await expect(opened).rejects.toMatchObject({
      code: "malformed",
      reason,
      hint: expect.stringMatching(/\w+/),
    });
  });

  test.each(pieceSizes)("gives the format the whole file, in pieces of %i bytes", async (size) => {
    const lines = Array.from({ length: 300 }, (_, index) => `${index},张三`);
    const { rows } = await openTable("a.csv", pieces(`id,name\n${lines.join("\n")}`, size));
    expect((await Array.fromAsync(rows)).map(({ original }) => original.join(","))).toEqual(lines);
  });
});
