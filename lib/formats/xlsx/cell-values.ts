import type { NumberFormat } from "./number-formats.ts";

/** What a cell is read as, or why it cannot be. */
export type CellValue =
  | { readonly text: string; readonly problem?: never; readonly note?: "leading-zeros-of-format" }
  | {
      readonly text: string;
      readonly problem: "number-inexact" | "formula-without-value" | "cell-unreadable";
      readonly note?: never;
    };

/** Excel keeps 15 digits of a number and shows no more. */
const exactDigits = 15;
/** No writer needs more for a double. */
const maxNumberLength = 64;
/** 9999-12-31, the last day that Excel shows. */
const lastSerial = { since1900: 2_958_465, since1904: 2_957_003 };
const millisecondsPerDay = 86_400_000;

const unreadable = (raw: string): CellValue => ({ text: raw, problem: "cell-unreadable" });

/**
 * Reads a number as its format shows it, as far as that concerns people: a day as `2024-01-29` or `2024-01-29 08:30:00`, a number
 * with its zeros in front; every other number as it is written, but without an exponent. A number of more than 15 digits has lost
 * some when it was typed, so it is `number-inexact`. Of fractions Excel writes 17 digits, 1.1 as 1.1000000000000001, so those are
 * rounded to the 15 that it shows.
 *
 * @param raw as the XML has it.
 * @param format `undefined` when the workbook lacks the style.
 */
export function numberValue(raw: string, format: NumberFormat | undefined, date1904: boolean): CellValue {
  const text = raw.trim();
  if (format?.kind === "number" && format.digits === 0 && /^\d{1,15}$/.test(text)) return { text };
  const decimal = decimalOf(text);
  if (!decimal || !format) return unreadable(text);
  if (format.kind !== "number") {
    const shown = dateText(Number(text), format.kind === "time", date1904);
    return shown === undefined ? unreadable(text) : { text: shown };
  }
  const { sign, whole, fraction } = decimal;
  if (whole.length > exactDigits) return { text: plainText(decimal), problem: "number-inexact" };
  if (significant(whole, fraction) > exactDigits) {
    const rounded = decimalOf(Number(text).toPrecision(exactDigits)) ?? decimal;
    return { text: plainText(rounded) };
  }
  if (fraction === "" && sign === "" && whole.length < format.digits) {
    return { text: whole.padStart(format.digits, "0"), note: "leading-zeros-of-format" };
  }
  return { text: /e/i.test(text) ? plainText(decimal) : text };
}

interface Decimal {
  readonly sign: "" | "-";
  /** Without zeros in front. */
  readonly whole: string;
  /** Without zeros at the end. */
  readonly fraction: string;
}

/** A number of XML, e.g. `1.3800138E+10`; `undefined` for anything else, and beyond what a double holds. */
function decimalOf(text: string): Decimal | undefined {
  if (text.length > maxNumberLength) return undefined;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (!parts) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole + fraction === "" || !Number.isFinite(Number(text))) return undefined;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction)
    .padEnd(point, "0")
    .padStart(whole.length + fraction.length - Math.min(point, 0), "0");
  const at = Math.max(point, 0);
  return {
    sign: sign === "-" ? "-" : "",
    whole: digits.slice(0, at).replace(/^0+(?=\d)/, "") || "0",
    fraction: withoutZerosAtEnd(digits.slice(at)),
  };
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

const plainText = ({ sign, whole, fraction }: Decimal): string =>
  `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;

/** How many digits a number has from its first that is not zero. */
function significant(whole: string, fraction: string): number {
  return whole === "0" ? fraction.replace(/^0+/, "").length : whole.length + fraction.length;
}

/**
 * The day and time of a serial number, as they are shown: no time zone is involved. Days are counted from 1900 with 1900-02-29,
 * which never was, as Lotus 1-2-3 did
 * (https://learn.microsoft.com/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year), so day 60 and day 0 are no dates.
 */
function dateText(serial: number, isTimeOnly: boolean, date1904: boolean): string | undefined {
  let day = Math.floor(serial);
  let second = Math.round((serial - day) * 86_400);
  if (second === 86_400) {
    day += 1;
    second = 0;
  }
  if (day < 0 || day > (date1904 ? lastSerial.since1904 : lastSerial.since1900)) return undefined;
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  if (isTimeOnly && day === 0) return time;
  return second === 0 ? dayText(day, date1904) : `${dayText(day, date1904)} ${time}`;
}

function dayText(day: number, date1904: boolean): string {
  if (!date1904 && day === 0) return "1900-01-00";
  if (!date1904 && day === 60) return "1900-02-29";
  const dayZero = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30);
  return new Date(dayZero + day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** A day of Strict Open XML, `2024-01-29T08:30:00`, as the others are written; its zone, if any, is not applied. */
export function isoDateValue(raw: string): CellValue {
  const text = raw.trim();
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d:\d\d)?$/.exec(
    text,
  );
  if (!parts) return /^\d\d:\d\d:\d\d$/.test(text) ? { text } : unreadable(text);
  const [, day, minutes = "00:00", seconds = "00"] = parts;
  const time = `${minutes}:${seconds}`;
  return { text: time === "00:00:00" ? `${day}` : `${day} ${time}` };
}

/** A truth value. */
export function booleanValue(raw: string): CellValue {
  const text = raw.trim();
  if (text === "1" || text === "true") return { text: "true" };
  return text === "0" || text === "false" ? { text: "false" } : unreadable(text);
}

/** Text with the escapes of characters that XML does not allow: `_x000D_`, and `_x005F_` for a `_` (ECMA-376 part 1, 22.9.2.19). */
export function unescaped(text: string): string {
  if (!text.includes("_x")) return text;
  const escapes = /_x([0-9A-Fa-f]{4})_/g;
  return text
    .replace(escapes, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .toWellFormed();
}
