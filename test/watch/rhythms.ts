import { quarterMilliseconds } from "#lib/contract/delivery-history.ts";
import { sameTimeOfWeek, zoneOffset } from "#lib/watch/local-weeks.ts";

// Invented sources: when their deliveries come.

export const hour = 3_600_000;
export const day = 24 * hour;

/** How many deliveries an hour brings on average, by the clocks of the company. @param weekday 0 is Sunday */
export type Rhythm = (weekday: number, hourOfDay: number) => number;

const isWorkday = (weekday: number) => weekday >= 1 && weekday <= 5;
/** 9 to 18 h on working days. */
export const office =
  (perHour: number): Rhythm =>
  (weekday, hourOfDay) =>
    isWorkday(weekday) && hourOfDay >= 9 && hourOfDay < 18 ? perHour : 0;
export const always =
  (perHour: number): Rhythm =>
  () =>
    perHour;
/** A run each night at three. */
export const nightly: Rhythm = (_, hourOfDay) => (hourOfDay === 3 ? 50 : 0);

/** The same numbers for the same seed, from 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The quarters of an hour with a delivery, between two moments. */
export function quartersOf(
  rhythm: Rhythm,
  { from, until, timeZone = "Asia/Shanghai", seed = 1 }: Period,
): number[] {
  const random = chance(seed);
  const offset = zoneOffset(timeZone);
  const quarters: number[] = [];
  for (let at = from; at < until; at += quarterMilliseconds) {
    const local = new Date(at + offset(at));
    const perHour = rhythm(local.getUTCDay(), local.getUTCHours());
    if (random() < 1 - Math.exp(-perHour / 4)) quarters.push(at);
  }
  return quarters;
}

export interface Period {
  readonly from: number;
  readonly until: number;
  readonly timeZone?: string;
  readonly seed?: number;
}

/** A moment by the clocks of a time zone, e.g. `2026-11-06T12:00`. */
export function localTime(text: string, timeZone = "Asia/Shanghai"): number {
  const at = Date.parse(`${text}Z`);
  return sameTimeOfWeek(at - zoneOffset(timeZone)(at), 0, zoneOffset(timeZone));
}
