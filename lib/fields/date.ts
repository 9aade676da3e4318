import type { CalendarDay } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { normalized, plainDashes } from "./clean-text.ts";
import { encoded, nothing, plainText, refused, type Encoded } from "./encode.ts";
import { isEmpty, type Read } from "./read.ts";

/**
 * `birthdate` as `YYYY-MM-DD`. The year comes first or the value is refused: `date-ambiguous` for day and month in an order
 * that only their writer knows, `date-invalid` for everything else, days that no calendar has included.
 */
export function birthdate(read: Read): Encoded {
  const rule = "YYYY-MM-DD";
  if (isEmpty(read.value)) return nothing(read, rule);
  const date = calendarDate(read.value);
  return date.problem === undefined
    ? encoded(read, rule, { birthdate: date.day })
    : refused(read, rule, date.problem);
}

const dateForms = [
  /^(\d{4})-(\d{1,2})-(\d{1,2})$/,
  /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
  /^(\d{4})\.(\d{1,2})\.(\d{1,2})$/,
  /^(\d{4})年(\d{1,2})月(\d{1,2})日?$/,
  /^(\d{4})(\d{2})(\d{2})$/,
  /^(\d{4})-(\d{2})-(\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/,
];
const dayOrMonthFirst = /^\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})$/;

/** The day a text names, as it is written: a time of day and its offset behind it do not move it. */
export function calendarDate(value: unknown): { day: string; problem?: undefined } | { problem: string } {
  const written = plainDashes(normalized(plainText(value) ?? "", "NFKC")).replaceAll(/\s+/g, " ");
  if (dayOrMonthFirst.test(written)) return { problem: "date-ambiguous" };
  const match = dateForms.map((form) => form.exec(written)).find((found) => found !== null);
  const [, year = "", month = "", day = ""] = match ?? [];
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // Date.parse takes the 30th of February for the 1st of March.
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) && year >= "1800";
  return isReal ? { day: iso } : { problem: "date-invalid" };
}

/**
 * A day that decides about access, e.g. a person's last one, as `YYYY-MM-DD`; `undefined` where none is written.
 *
 * @throws InboundError `malformed` `date-invalid` or `date-ambiguous` with the path: a guess would close an account too early or never.
 */
export function calendarDay(read: Read): CalendarDay | undefined {
  if (isEmpty(read.value)) return undefined;
  const date = calendarDate(read.value);
  if (date.problem !== undefined) throw new InboundError("malformed", date.problem, { path: read.path });
  return date.day;
}

/** Beyond these many seconds (the year 5138) a count since 1970 can only be of milliseconds, and that many of them are in 1973. */
const largestSeconds = 1e11;
const largestMilliseconds = 253_402_300_799_999;
const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(?:(Z)|([+-]\d{2}):?(\d{2})?)$/i;

/**
 * A point in time as ISO 8601 in UTC with milliseconds; `undefined` for what does not name one. Reads ISO 8601 with an
 * offset (`Z`, `+08:00`, `+0800`, `+08`) and counts since 1970, numbers or digits, in `unit`; without one, their size tells.
 */
export function instant(value: unknown, unit?: "seconds" | "milliseconds"): string | undefined {
  const written = typeof value === "number" ? value : typeof value === "string" ? value.trim() : "";
  if (typeof written === "number" || /^\d{1,15}(?:\.\d{1,9})?$/.test(written)) {
    const count = Number(written);
    const isSeconds = unit === undefined ? count < largestSeconds : unit === "seconds";
    const milliseconds = Math.round(isSeconds ? count * 1000 : count);
    const isUsable = milliseconds >= 0 && milliseconds <= largestMilliseconds;
    return isUsable ? new Date(milliseconds).toISOString() : undefined;
  }
  const match = instantPattern.exec(written);
  if (!match) return undefined;
  const [, day, minutes, seconds = "00", fraction = "", zulu, offsetHours, offsetMinutes = "00"] = match;
  if (calendarDate(day).problem !== undefined) return undefined;
  const offset = zulu ? "Z" : `${offsetHours}:${offsetMinutes}`;
  const time = Date.parse(`${day}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}${offset}`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
