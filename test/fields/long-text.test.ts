import { describe, expect, test } from "vitest";
import { decodeBase32 } from "#lib/fields/base32.ts";
import { cleanIdentifier, cleanSecret, cleanText, hasVisible } from "#lib/fields/clean-text.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, text } from "#lib/fields/encode.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import { mended } from "#lib/fields/damage.ts";
import { departmentsOfFile } from "#lib/fields/departments.ts";
import { hashFormOf } from "#lib/fields/password-hash.ts";
import { isMasked } from "#lib/fields/password-mask.ts";
import { isStatusWord } from "#lib/fields/status-words.ts";
import { maxCellLength } from "#lib/formats/format.ts";
import { secretColumnNames } from "#lib/layouts/column-names.ts";
import { normalizedName } from "#lib/layouts/columns.ts";
import { personTranslator } from "#lib/uploads/rows/person.ts";
import { readRecoveryCode } from "#lib/uploads/rows/recovery-code.ts";
import { secretTranslator } from "#lib/uploads/rows/secret.ts";
import { readSecret } from "#lib/uploads/rows/totp-secret.ts";
import { growthOfEightfold, mostGrowth } from "../cpu-time.ts";
import { entryFields } from "../uploads/entry-fields.ts";

// The longest cell of a file has 65,536 characters. The time to read it must not grow with the square of its length.

const context = { region: "CN", departments: {}, customData: {} };
const columns = ["email", "password", "photo", "status", "emailVerified", "username"];

const readers: Record<string, (written: string) => unknown> = {
  cleanText,
  cleanIdentifier,
  cleanSecret,
  hasVisible,
  decodeBase32,
  readSecret,
  normalizedName,
  readRecoveryCode,
  hashFormOf,
  isMasked,
  isStatusWord,
  "damage of an identifier": (value) => mended({ value, path: "id" }, "identifier"),
  "damage of a name": (value) => mended({ value, path: "name" }, "name"),
  departmentsOfFile: (value) => departmentsOfFile({ value, path: "部门" }, { 研发: "d1" }),
  "text of a field": (value) => text("city", { value, path: "city" }),
  email: (value) => email({ value, path: "email" }),
  phone: (value) => phone({ value, path: "phone" }, "CN"),
  fullName: (value) => fullName({ given: { value, path: "given" }, family: { value, path: "family" } }),
  birthdate: (value) => birthdate({ value, path: "birthdate" }),
  gender: (value) => gender({ value, path: "gender" }),
  "a row of people": (value) =>
    personTranslator(context)(entryFields(Object.fromEntries(columns.map((field) => [field, value])))),
  "a row with a secret": (value) =>
    secretTranslator(context)(
      entryFields(Object.fromEntries(Object.keys(secretColumnNames).map((field) => [field, value]))),
    ),
};

/** Texts that would make a badly written regular expression start again at each character. */
const texts: Record<string, (length: number) => string> = {
  "padding of base32 with something behind it": (length) => `${"=".repeat(length)}!`,
  "brackets that no bracket closes": (length) => "[".repeat(length),
  "spaces between letters": (length) => `a${" ".repeat(length)}a`,
  "invisible characters between letters": (length) => `a${"\u200b".repeat(length)}a`,
  "joiners between letters that join": (length) => "ا\u200c".repeat(length / 2),
  "accents on one letter": (length) => `e${"\u0301\u0323".repeat(length / 2)}`,
  "an accent on each letter": (length) => "e\u0301".repeat(length / 2),
  "dots and zeros": (length) => `1${".0".repeat(length / 2)}x`,
  "brackets and digits": (length) => `(${"8 ".repeat(length / 2)}`,
  "parts of a hash with a space behind them": (length) => `sha1${"$a".repeat(length / 2 - 3)} `,
  "breaks and spaces": (length) => `a\n${" ".repeat(length)}a`,
  "a formula of text without an end": (length) => `="${"a".repeat(length)}`,
  "an address without an end": (length) => `a@${"a.".repeat(length / 2)}`,
};

describe.each(Object.entries(texts))("%s", (_, make) => {
  test.each(Object.entries(readers))("are read in time that grows as the text does: %s", (__, read) => {
    const growth = growthOfEightfold((share) => {
      const written = make((maxCellLength / 8) * share);
      return () => read(written);
    });
    expect(growth).toBeLessThan(mostGrowth);
  });
});
