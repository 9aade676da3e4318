import { defineLayout, type Sample } from "#lib/layouts/layout.ts";

/** The log of YubiKey's programming tools, "traditional" and "Yubico". */
const columns = ["type", "time", "slot", "public id", "private id", "secret key", "rest"] as const;

const modhex = /^[cbdefghijklnrtuv]{2,32}$/;
const hex = /^[0-9a-f]{32,40}$/i;

/**
 * Keys that a YubiKey was programmed with: HOTP counts its codes, and Yubico OTP and static passwords are no TOTP either. The file names
 * keys by serial, and no people.
 */
export default defineLayout({
  name: "yubikey",
  title: "YubiKey programming log (CSV)",
  headerless: { columns, recognizes: (records) => records.length > 0 && records.every(isOfLog) },
  hides: ["private id", "secret key", "rest"],
  recognizes: ({ columns: names }: Sample) =>
    names?.length === columns.length && columns.every((column, index) => names[index] === column),
  refusal: {
    reason: "yubikey-log",
    hint: "let these people enrol an authenticator at Authing; YubiKeys can hold a TOTP secret in Yubico Authenticator",
  },
  entries: () => [],
});

function isOfLog(cells: readonly string[]): boolean {
  const [first = "", second = "", third = "", fourth = ""] = cells.map((cell) => cell.trim());
  const isTraditional = cells.length >= 5 && /^(?:OATH-HOTP|Yubico OTP|Static Password)$/i.test(first);
  const isYubico =
    cells.length >= 5 &&
    /^\d{1,10}$/.test(first) &&
    (modhex.test(second) || /^\d*$/.test(second)) &&
    /^[0-9a-f]{1,12}$/i.test(third) &&
    hex.test(fourth);
  return isTraditional || isYubico || /^LOGGING START$/i.test(first);
}
