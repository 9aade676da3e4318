/** Time and chance, as a port: functions use the real ones, tests their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** From 0 to 1, 1 excluded. */
  random(): number;
}
