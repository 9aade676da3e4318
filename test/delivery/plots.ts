// What the stories tell of, in memory and on AWS alike.

/** Every order in which three events can come. */
export const orders = [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
] as const;

/** What Authing does to eight batches, one call after the other. */
export const troubles = [
  { kind: "none" },
  { kind: "http-429", retryAfterSeconds: 2 },
  { kind: "none" },
  { kind: "body-429" },
  { kind: "none" },
  { kind: "http-503" },
  { kind: "http-503" },
  { kind: "none" },
  { kind: "hang-after-applying" },
  { kind: "reset-after-applying" },
  { kind: "http-502" },
] as const;
