const minute = 60_000;
const hour = 60 * minute;
const week = 7 * 24 * hour;

const zones = new Map<string, (at: number) => number>();

/** How far the clocks of a time zone are ahead of UTC at a moment, in milliseconds. Remembers what it has said, hour by hour. */
export function zoneOffset(timeZone: string): (at: number) => number {
  const made = zones.get(timeZone) ?? offsetByHour(timeZone);
  zones.set(timeZone, made);
  return made;
}

function offsetByHour(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const known = new Map<number, number>();
  return (at) => {
    const start = Math.floor(at / hour) * hour;
    const offset = known.get(start) ?? offsetIn(format.formatToParts(start));
    known.set(start, offset);
    return offset;
  };
}

/** `GMT+05:30` → 19,800,000. */
function offsetIn(parts: readonly Intl.DateTimeFormatPart[]): number {
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign = "+", hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
}

/** The moment some weeks later (or, below 0, earlier) at which the clocks of the time zone show the same time of the week. */
export function sameTimeOfWeek(at: number, weeks: number, offset: (at: number) => number): number {
  const moved = at + weeks * week;
  return moved + offset(at) - offset(moved);
}
