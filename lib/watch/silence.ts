import { quarterMilliseconds } from "#lib/contract/delivery-history.ts";
import { maxSilenceHours, type SilencePolicy } from "#lib/contract/policies.ts";
import { sameTimeOfWeek, zoneOffset } from "./local-weeks.ts";

// Whether a source has fallen silent. A source has hours of its own: people are hired and moved on working days, an export runs at
// night. So the gap since its last delivery is compared with the same hours of the four weeks before it:
//
// 1. Each hour of those weeks is put into a group: in how many of the other weeks was there a delivery at the same hour (0 to 3)?
// 2. In each group, the share of hours with a delivery is how likely such an hour is to have one. A source that never missed a
//    working hour is therefore known after a few hours, and one that delivers by chance is given the time that chance needs.
// 3. Each hour of the gap has the likelihood of its group; an hour in which no other week had a delivery says nothing. The source is
//    silent when all of these hours without a delivery, taken together, are rarer than 1 in 10,000.
//
// The same is done with days in place of hours, for sources with about a delivery a day. What is learnt ends where the gap begins: a
// source that stays silent is not forgotten, and a gap that grows never stops being a silence.

const hour = 3_600_000;
const day = 24 * hour;
const learntMilliseconds = maxSilenceHours * hour;
/** How much of the history a verdict needs: the longest gap that can be judged, and what was before it. */
export const historyMilliseconds = 2 * learntMilliseconds;
/** Gaps begin with each delivery, some thousand times a year: 1 in 10,000 is less than one false alarm a year. */
const rareness = 1e-4;
const weeksCompared = 3;

export interface HeardOf {
  /** The beginnings of the quarters of an hour with a delivery, earliest first, over the last `historyMilliseconds`. */
  readonly quarters: readonly number[];
  /** Until when the history is known. */
  readonly until: number;
  /** The company's time zone: its weeks are compared, whether clocks were changed in between or not. */
  readonly timeZone: string;
}

/**
 * - `heard`: nothing unusual
 * - `silent`: for longer than is usual, or than is configured; without `since` where no delivery is known
 * - `forgotten`: the last delivery is so long ago that nothing is left to compare with, or none is known
 */
export type Verdict =
  | { readonly state: "heard" }
  | { readonly state: "silent"; readonly hours: number; readonly since?: number }
  | { readonly state: "forgotten" };

/** Whether a source is silent, by what is configured for it. Pure: `until` is now. */
export function verdictOn(policy: SilencePolicy, heard: HeardOf): Verdict {
  const { quarters, until } = heard;
  if (policy === "never") return { state: "heard" };
  const last = quarters.at(-1);
  const since = last === undefined ? undefined : last + quarterMilliseconds;
  const gap = until - (since ?? until - historyMilliseconds);
  const hours = Math.floor(gap / hour);
  const silent: Verdict = { state: "silent", hours, ...(since !== undefined && { since }) };
  if (typeof policy === "number") return gap >= policy * hour ? silent : { state: "heard" };
  if (since === undefined || gap > learntMilliseconds) return { state: "forgotten" };
  const isRare = [hour, day].some((unit) => likelihoodOfGap(unit, since, heard) < rareness);
  return isRare ? silent : { state: "heard" };
}

/** How likely it is that all whole units (hours or days) since `start` have no delivery, if the source is as it was. */
function likelihoodOfGap(unit: number, start: number, { quarters, until, timeZone }: HeardOf): number {
  const units = Math.floor((until - start) / unit);
  if (units === 0) return 1;
  const first = Math.max(start - learntMilliseconds, quarters[0] ?? start);
  const offset = zoneOffset(timeZone);
  const hasDelivery = occupancy(quarters);

  /** In how many of the nearest weeks before and after there was a delivery at this time of the week, and of how many. */
  const othersOf = (at: number): Others => {
    const others: Others = { weeks: 0, delivered: 0 };
    for (const weeks of [-1, 1, -2, 2, -3, 3, -4, 4]) {
      const other = sameTimeOfWeek(at, weeks, offset);
      if (other < first || other + unit > start || others.weeks === weeksCompared) continue;
      others.weeks += 1;
      if (hasDelivery(other, other + unit)) others.delivered += 1;
    }
    return others;
  };

  const groups = new Map<string, { total: number; delivered: number }>();
  for (let at = start - unit; at >= first; at -= unit) {
    const key = keyOf(othersOf(at));
    const group = groups.get(key) ?? { total: 0, delivered: 0 };
    group.total += 1;
    if (hasDelivery(at, at + unit)) group.delivered += 1;
    groups.set(key, group);
  }

  let likelihood = 1;
  for (let index = 0; index < units && likelihood >= rareness; index += 1) {
    const others = othersOf(start + index * unit);
    const { total, delivered } = groups.get(keyOf(others)) ?? { total: 0, delivered: 0 };
    // One more than were seen: what has always been so may still be otherwise.
    if (others.delivered > 0) likelihood *= 1 - delivered / (total + 1);
  }
  return likelihood;
}

interface Others {
  weeks: number;
  delivered: number;
}

const keyOf = ({ weeks, delivered }: Others) => `${delivered}/${weeks}`;

/** Whether a delivery came from one moment until before another one, by the quarters in which deliveries came. */
function occupancy(quarters: readonly number[]): (from: number, until: number) => boolean {
  return (from, until) => {
    let [low, high] = [0, quarters.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((quarters[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    const next = quarters[low];
    return next !== undefined && next < until;
  };
}
