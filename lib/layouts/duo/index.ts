import { defineLayout, type Sample } from "#lib/layouts/layout.ts";

const columns = ["serial", "hexadecimal secret", "counter"] as const;

/**
 * The list by which Duo's admin panel imports hardware tokens: serial, secret in hexadecimal, for HOTP a counter
 * (https://duo.com/docs/administration-devices). It names no people, and does not say whether the codes are counted.
 */
export default defineLayout({
  name: "duo",
  title: "Duo hardware tokens (CSV)",
  headerless: { columns, recognizes: (records) => records.length > 0 && records.every(isToken) },
  hides: ["hexadecimal secret"],
  recognizes: ({ columns: names }: Sample) =>
    names?.length === columns.length && columns.every((column, index) => names[index] === column),
  refusal: {
    reason: "duo-tokens",
    hint: "make a table with the columns email, secret (in base32), algorithm, digits and period, for the tokens that are TOTP",
  },
  entries: () => [],
});

function isToken(cells: readonly string[]): boolean {
  const [serial = "", secret = "", counter = ""] = cells.map((cell) => cell.trim());
  return (
    (cells.length === 2 || cells.length === 3) &&
    /^[\dA-Z-]{4,32}$/i.test(serial) &&
    secret.length % 2 === 0 &&
    /^[0-9a-f]{32,128}$/i.test(secret) &&
    /^\d{0,10}$/.test(counter)
  );
}
