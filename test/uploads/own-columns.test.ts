import { describe, expect, it } from "vitest";
import { unusedOfFile, withoutOwnColumns } from "#lib/uploads/rejected-file.ts";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { layoutSettings } from "../contract/files.ts";

describe("the columns that rejected.csv adds", () => {
  it.each([
    [["email", "row", "reason"], ["email"]],
    [
      ["row", "reason"],
      ["row", "reason"],
    ],
    [
      ["email", "reason", "row"],
      ["email", "reason", "row"],
    ],
  ])("of %j leave %j", (columns, own) => {
    expect(withoutOwnColumns(columns)).toEqual(own);
  });

  it("are not told as unused where both are there", () => {
    expect(unusedOfFile(["note", "row", "reason"])).toEqual(["note"]);
    expect(unusedOfFile(["note", "row"])).toEqual(["note", "row"]);
  });
});

describe("the secrets of a row of people", () => {
  const columns = ["email", "totp_secret"];
  const translator = rowTranslator(
    { kind: "users", columns, startedAt: "2026-11-27T08:00:00.000Z" },
    { ...layoutSettings, translation: { region: "CN", departments: {}, customData: {} } },
  );
  const secretsOf = (secret: string) => {
    const original = ["li.si@example.com", secret];
    const values = Object.fromEntries(columns.map((column, index) => [column, original[index]]));
    return translator.secretsOf({ place: "line 2", values, original, problems: [] });
  };

  it("come with the column that each was read from, and without the person", () => {
    expect(secretsOf("NFXHMZLOORSWIIDTMVRXEZLUEAYDAMBR")).toEqual([
      { change: expect.objectContaining({ kind: "import-otp" }), column: "totp_secret" },
    ]);
  });

  it.each(["", "no secret"])("are none for the cell %j", (secret) => {
    expect(secretsOf(secret)).toEqual([]);
  });
});
