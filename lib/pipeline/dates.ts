import type { CalendarDay, Change } from "#lib/contract/change.ts";

// Days that lie ahead. A change may name the day on which it takes effect; that day begins and ends where the company is.

const dayMilliseconds = 86_400_000;

/** The moment at which a day begins in a time zone, in milliseconds since 1970. */
export function startOfDay(day: CalendarDay, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00.000Z`);
  // By the clocks of before and of after a change that may lie near by.
  const moments = [-dayMilliseconds, dayMilliseconds].map(
    (apart) => midnight - offsetAt(midnight + apart, timeZone),
  );
  const shown = moments.filter((moment) => moment + offsetAt(moment, timeZone) === midnight);
  // Midnight may come twice; where the clocks jump over it, the day begins when they do.
  return shown.length > 0 ? Math.min(...shown) : Math.max(...moments);
}

/** The moment at which a day has ended in a time zone: the next one begins. */
export function endOfDay(day: CalendarDay, timeZone: string): number {
  const next = new Date(Date.parse(`${day}T00:00:00.000Z`) + dayMilliseconds).toISOString().slice(0, 10);
  return startOfDay(next, timeZone);
}

/** The moment from which a change holds, in milliseconds since 1970; `undefined`: at once. */
export function effectiveFrom(change: Change, timeZone: string): number | undefined {
  if (change.kind === "leave" && change.lastDay !== undefined) return endOfDay(change.lastDay, timeZone);
  if (change.kind === "create" && change.firstDay !== undefined) {
    return startOfDay(change.firstDay, timeZone);
  }
  return undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a time zone are ahead of UTC, in milliseconds. */
function offsetAt(moment: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - moment;
}
