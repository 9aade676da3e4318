import { onTestFinished, vi } from "vitest";

/** The date, which a test changes. Only `Date` is replaced: timers and connections take real time. */
export interface MovableDate {
  /** Moves the date forward by this many milliseconds. */
  pass(milliseconds: number): void;
  /** Sets the date, ISO 8601. */
  to(moment: string): void;
}

/** Lets the test control the date of this process until the test ends. It begins at the given date; default: the real one. */
export function movableDate(start?: string): MovableDate {
  const now = start === undefined ? Date.now() : Date.parse(start);
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true, now });
  onTestFinished(() => void vi.useRealTimers());
  return {
    pass: (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
    to: (moment) => void vi.setSystemTime(Date.parse(moment)),
  };
}
