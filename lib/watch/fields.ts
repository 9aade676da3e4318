// Whether a source has stopped filling a field, as it does when an administrator takes the permission for e-mail addresses from it:
// every event still arrives and is accepted, and people arrive without the field.

/** How many events of a source told of a whole person on one day, and how many of them filled each field. Numbers only. */
export interface FilledDay {
  /** By UTC, e.g. `2026-11-26`. */
  readonly day: string;
  readonly events: number;
  readonly fields: Readonly<Record<string, number>>;
}

export interface MissingField {
  readonly field: string;
  /** The share of events that filled it before, and that fill it now, 0 to 1. */
  readonly usualShare: number;
  readonly share: number;
  /** The first day without it. */
  readonly since: string;
}

/** A field is usual that at least this share of events filled, and missing below the other share. */
const usualShare = 0.5;
const missingShare = 0.1;
/** Fewer events say nothing: of those before, and of those now. */
const minimumEventsBefore = 20;
const minimumEventsNow = 10;
/** The days of a slow source that are taken together for "now". */
const daysNow = 7;
const daysBefore = 14;
/** After so many days without the field, this is what is usual. */
const daysUntilUsual = 28;
/** How many days have to be kept. */
export const keptDays = daysUntilUsual + daysBefore;

export const dayMilliseconds = 86_400_000;

/**
 * The fields that a source filled before and does not fill now; `undefined` where too few events have come to say.
 *
 * @param days Of one source, earliest first, each day once; days without events may be absent.
 */
export function missingFields(days: readonly FilledDay[]): MissingField[] | undefined {
  const now = newestOf(days);
  if (!now) return undefined;
  const names = new Set(days.flatMap(({ fields }) => Object.keys(fields)));
  return [...names].toSorted().flatMap((field): MissingField[] => {
    const share = shareOf(field, now);
    if (share >= missingShare) return [];
    // Days without the field are not learnt from: a field that stays missing stays told.
    let first = days.length - now.length;
    while (first > 0 && shareOf(field, days.slice(first - 1, first)) < missingShare) first -= 1;
    const since = days[first]?.day ?? "";
    if (daysFrom(since, days.at(-1)?.day ?? "") >= daysUntilUsual) return [];
    const before = days.slice(0, first).filter(({ day }) => daysFrom(day, since) <= daysBefore);
    const usual = shareOf(field, before);
    return eventsOf(before) >= minimumEventsBefore && usual >= usualShare
      ? [{ field, usualShare: usual, share, since }]
      : [];
  });
}

/** The newest days that together have enough events. */
function newestOf(days: readonly FilledDay[]): readonly FilledDay[] | undefined {
  const last = days.at(-1)?.day ?? "";
  for (let count = 1; count <= days.length; count += 1) {
    const newest = days.slice(-count);
    if (daysFrom(newest[0]?.day ?? "", last) >= daysNow) return undefined;
    if (eventsOf(newest) >= minimumEventsNow) return newest;
  }
  return undefined;
}

const eventsOf = (days: readonly FilledDay[]) => days.reduce((sum, { events }) => sum + events, 0);

function shareOf(field: string, days: readonly FilledDay[]): number {
  const filled = days.reduce((sum, { fields }) => sum + (fields[field] ?? 0), 0);
  return filled / Math.max(1, eventsOf(days));
}

const daysFrom = (earlier: string, later: string) =>
  Math.round((Date.parse(later) - Date.parse(earlier)) / dayMilliseconds);
