import { describe, expect, test } from "vitest";
import { gender, isGenderWord } from "#lib/fields/gender.ts";
import { isStatusWord, writtenStatus } from "#lib/fields/status-words.ts";

const read = (value: unknown) => ({ value, path: "here" });

describe("a word for a status", () => {
  test.each([
    ["active", "Activated"],
    [" Active ", "Activated"],
    ["PASSWORD_EXPIRED", "Activated"],
    ["在职", "Activated"],
    ["blocked", "Suspended"],
    ["banned", "Suspended"],
    ["ldap_blocked", "Suspended"],
    ["blocked_pending_approval", "Suspended"],
    ["SUSPENDED", "Suspended"],
    ["Inactive", "Suspended"],
    ["ｂｌｏｃｋｅｄ", "Suspended"],
    ["已停用", "Suspended"],
    ["deactivated", "Deactivated"],
    ["DEPROVISIONED", "Deactivated"],
    ["Terminated", "Resigned"],
    ["已离职", "Resigned"],
    ["archived", "Archived"],
  ])("%s is %s", (value, status) => {
    expect(writtenStatus(read(value)).fields).toEqual({ status });
    expect(isStatusWord(value)).toBe(true);
  });

  test.each(["pending", "deleted", "On Leave", "待入职", "度假", "constructor", "NULL", "1", "true", {}])(
    "that is not known opens no account: %j",
    (value) => {
      expect(writtenStatus(read(value))).toMatchObject({ fields: {}, problem: "status-unknown" });
    },
  );

  test("is not the name of a place", () => {
    for (const place of ["浙江", "California", "NRW", "Île-de-France", "", "1", undefined])
      expect(isStatusWord(place)).toBe(false);
    expect(isStatusWord("deleted")).toBe(true);
  });
});

test.each([
  ["先生", "M", true],
  ["Mr.", "M", true],
  ["女士", "F", true],
  ["Ms", "F", true],
  ["Mrs", "F", true],
  ["保密", "U", true],
  ["non-binary", "U", true],
  [0, "U", true],
  ["?", "U", false],
  ["engineer", "U", false],
])("the gender %j is %s", (value, letter, isWord) => {
  expect(gender(read(value)).fields).toEqual({ gender: letter });
  expect(isGenderWord(value)).toBe(isWord);
});
