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
];
const dayOrMonthFirst = /^\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})$/;
/** A time of day behind a date, as ISO 8601 and spreadsheets write it, and its offset. */
const timeBehind =
  /[T ]((?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?)(?: ?([AP]M))?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?$/i;
/** Of a date with its time, in UTF-16 units. */
const maxDateLength = 64;

interface WrittenDate {
  readonly date: string;
  readonly time?: string | undefined;
  readonly offset?: string | undefined;
}

function writtenDate(value: unknown): WrittenDate {
  const text = plainText(value) ?? "";
  if (text.length > maxDateLength) return { date: "" };
  const written = plainDashes(normalized(text, "NFKC")).replaceAll(/\s+/g, " ");
  const match = timeBehind.exec(written);
  if (!match) return { date: written };
  return {
    date: written.slice(0, match.index),
    time: `${match[1]}${match[2] ?? ""}`,
    offset: match[3],
  };
}

function matchOf(date: string): RegExpExecArray | undefined {
  for (const form of dateForms) {
    const match = form.exec(date);
    if (match) return match;
  }
  return undefined;
}

/** The day a text names, as it is written: a time of day and its offset behind it do not move it. */
export function calendarDate(
  value: unknown,
): { day: string; problem?: undefined } | { problem: "date-ambiguous" | "date-invalid" } {
  const { date } = writtenDate(value);
  if (dayOrMonthFirst.test(date)) return { problem: "date-ambiguous" };
  const match = matchOf(date);
  const [, year = "", month = "", day = ""] = match ?? [];
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  // Date.UTC takes the 30th of February for the 1st of March.
  const read = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal =
    year >= "1800" && read.getUTCMonth() + 1 === Number(month) && read.getUTCDate() === Number(day);
  return isReal ? { day: iso } : { problem: "date-invalid" };
}

/** The oldest person on record became 122 years old. */
const oldestAge = 125;

/**
 * The birthday of a person in a file, stricter than `birthdate`: the person who uploads the file can correct it.
 *
 * - `birthdate-moved`: a time with an offset that is not midnight. A program has written the beginning of the day in another time zone, e.g.
 *   `1990-05-16T16:00:00Z` for the 17th in China.
 * - `birthdate-in-future`, `birthdate-too-early`: a century that was guessed, or the day 0 of a spreadsheet.
 *
 * @param today the day of the upload; without it, no birthday is in the future and any since 1900 is early enough.
 */
export function birthdateOfFile(read: Read, today: CalendarDay | undefined): Encoded {
  const said = birthdate(read);
  const day = said.fields.birthdate;
  if (day === undefined) return said;
  const { time, offset } = writtenDate(read.value);
  if (offset !== undefined && !/^0?0:00(?::00(?:[.,]0+)?)?$|^12:00(?::00)?AM$/i.test(time ?? ""))
    return refused(read, said.rule, "birthdate-moved");
  if (today !== undefined && day > today) return refused(read, said.rule, "birthdate-in-future");
  const earliest =
    today === undefined ? "1900-01-02" : `${Number(today.slice(0, 4)) - oldestAge}${today.slice(4)}`;
  return day < earliest ? refused(read, said.rule, "birthdate-too-early") : said;
}

/** Whether a birthday is the day on which computers begin to count, which programs write for one that is not known. */
export const isFirstDayOfComputers = (day: string | undefined): boolean => day === "1970-01-01";

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
