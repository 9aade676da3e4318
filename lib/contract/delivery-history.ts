/** The unit of a delivery history: a quarter of an hour, in milliseconds. */
export const quarterMilliseconds = 900_000;

/** When each source's deliveries were accepted. */
export interface DeliveryHistory {
  /**
   * By source: the beginnings of the quarters of an hour in which a delivery was accepted, in milliseconds since 1970, earliest first.
   * A source without deliveries has an empty list. `since` is at most 60 days ago, and both moments are multiples of a quarter. Throws
   * `unavailable` or `misconfigured` where the history cannot be read.
   */
  quarters(
    sources: readonly string[],
    period: { readonly since: number; readonly until: number },
  ): Promise<ReadonlyMap<string, readonly number[]>>;
}

/** What a source has said of late. */
interface Heard {
  /** When a delivery was accepted last, ISO 8601, UTC; absent where none is known of the last days. */
  readonly lastAt?: string;
  /** Deliveries that were accepted in the last 24 hours. */
  readonly deliveries24h: number;
}

export interface HeardSources {
  /** By source; one that is not known to have delivered may be missing. Throws as above. @param now milliseconds since 1970 */
  heard(sources: readonly string[], now: number): Promise<ReadonlyMap<string, Heard>>;
}
