import { onTestFinished, vi } from "vitest";

/** The date, which a test moves on. Only `Date` is replaced: timers and connections take the time that they take. */
export interface MovableDate {
  /** Lets so many milliseconds pass at once. */
  pass(milliseconds: number): void;
  /** Goes to a moment, ISO 8601. */
  to(moment: string): void;
}

/** From now on, until the test ends, the date of this process is the test's; it begins at a moment, default the real one. */
export function movableDate(start?: string): MovableDate {
  const now = start === undefined ? Date.now() : Date.parse(start);
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true, now });
  onTestFinished(() => void vi.useRealTimers());
  return {
    pass: (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
    to: (moment) => void vi.setSystemTime(Date.parse(moment)),
  };
}
