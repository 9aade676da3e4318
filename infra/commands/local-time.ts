/** A moment on the clock of this machine, e.g. `2026-11-27 02:13`: the operator compares it with the clock on the wall. */
export function localTime(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time zone of this machine, e.g. `Asia/Shanghai`. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const unitSeconds = { m: 60, h: 3600, d: 86_400 } as const;

/**
 * The moment that an operator means by `24h`, `7d`, `30m`, `2026-11-26` (its beginning on this machine's clock) or an ISO 8601 time:
 * ISO 8601, UTC. `undefined` for any other text.
 */
export function momentOf(text: string, now: number): string | undefined {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    return new Date(
      now - Number(amount) * unitSeconds[unit as keyof typeof unitSeconds] * 1000,
    ).toISOString();
  }
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const date = day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(text);
  return /^\d{4}-/.test(text) && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}
