/** A longer wait is cut to this: what an answer asks for must not stop a worker for a day. */
const longestSeconds = 3600;

/**
 * Seconds until another request is welcome, as the header `Retry-After` says: a count of seconds, or the moment as an HTTP
 * date (RFC 9110, 10.2.3), a moment that is over being 0. At most 3,600. `undefined` where the header is missing or says neither.
 *
 * @param now milliseconds since 1970.
 */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : secondsUntil(header, now);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestSeconds);
}

function secondsUntil(date: string, now: number): number {
  // Each of the three forms of an HTTP date begins with a day of the week. Date.parse alone takes "0.5" for a day in May.
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(date)
    ? Math.ceil((Date.parse(date) - now) / 1000)
    : Number.NaN;
}
