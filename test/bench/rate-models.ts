import { drawnModels } from "./rate-drawn.ts";
import {
  bucket,
  closing,
  drawn,
  fixedWindow,
  queue,
  shared,
  slidingLog,
  slidingWindow,
  slots,
  stacked,
  twoCounters,
  warming,
  type Server,
} from "./rate-servers.ts";

// The servers with which a pace is tested: the mechanisms of rate-servers.ts with numbers.

/**
 * How far a server has influenced the pace. `tuned`: the first constants were chosen with these servers. `seen`: once blind; no
 * constant was chosen with them, but their results led to a change. `blind`: no constant was chosen with them; they decided whether
 * a finished change stays. `drawn`: by the generator, of a seed with which nothing was tried; the trust in a limit was chosen with
 * other seeds.
 */
export type Set = "tuned" | "seen" | "blind" | "drawn";

export interface Model {
  readonly name: string;
  readonly set: Set;
  open(random: () => number): Server;
  /** Processes that call it at once, each with a controller of its own. Default 1. */
  readonly processes?: number;
  /** Median time to an answer. Default 140. */
  readonly latencyMilliseconds?: number;
  /** How much latencies vary: the standard deviation of their logarithm. Default 0.35. */
  readonly latencySpread?: number;
  /** The Retry-After of its refusals in seconds, where they have one, true or not. Default: the true time, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** Its refusals never have a Retry-After, as those of a gateway that answers 503. */
  readonly isSilent?: true;
  /** Our calls come for so many seconds, and then for as many there are none. Default: they never end. */
  readonly busySeconds?: number;
  /** How many seconds a trial lasts. Default 300; a fast server needs less time for the same number of calls. */
  readonly seconds?: number;
}

const second = 1000;
const minute = 60_000;
const steady = (perSecond: number) => () => perSecond;
const steps =
  (...rates: readonly number[]) =>
  (now: number) =>
    rates[Math.min(Math.floor(now / (100 * second)), rates.length - 1)]!;

const tuned: readonly Omit<Model, "set">[] = [
  { name: "bucket 5/s", open: () => bucket(steady(5), 5) },
  { name: "bucket 20/s", open: () => bucket(steady(20), 20) },
  { name: "bucket 100/s", open: () => bucket(steady(100), 100), seconds: 200 },
  { name: "window 20 per second", open: (random) => fixedWindow(20, second, random() * second) },
  { name: "window 600 per minute", open: (random) => fixedWindow(600, minute, random() * minute) },
  { name: "step 20, 5, 40/s", open: () => bucket(steps(20, 5, 40), 20) },
  {
    name: "noisy neighbour, 30/s",
    open: (random) => shared(bucket(steady(30), 30), (now) => (now % (2 * minute) < minute ? 15 : 3), random),
  },
  { name: "bucket 300/s", open: () => bucket(steady(300), 300), seconds: 100 },
  { name: "bucket 50/s, burst of 500", open: () => bucket(steady(50), 500) },
  { name: "bucket 12/s, no burst", open: () => bucket(steady(12), 1.5) },
  { name: "bucket 20/s, refusal locks 3 s", open: () => bucket(steady(20), 20, 3 * second) },
  { name: "bucket 20/s, answers after 2 s", open: () => bucket(steady(20), 20), latencyMilliseconds: 2000 },
  { name: "window 100 per 10 s", open: (random) => fixedWindow(100, 10 * second, random() * 10 * second) },
  { name: "sliding window 300 per 10 s", open: () => slidingWindow(300, 10 * second) },
  { name: "wave between 10 and 40/s", open: () => bucket((now) => 25 + 15 * Math.sin(now / 20_000), 25) },
  {
    name: "a new rate each minute, 4 to 80/s",
    open(random) {
      const rates = Array.from({ length: 12 }, () => 4 * 20 ** random());
      return bucket((now) => rates[Math.floor(now / minute)] ?? 20, 20);
    },
  },
  { name: "three processes, bucket 30/s", open: () => bucket(steady(30), 30), processes: 3 },
];

const seen: readonly Omit<Model, "set">[] = [
  { name: "log of 150 in any 30 s, refusals too", open: () => slidingLog(150, 30 * second) },
  { name: "40/s, 5 ahead, jittery answers", open: () => bucket(steady(40), 5), latencySpread: 1 },
  {
    name: "15/s and 600 per minute",
    open: (random) => stacked(bucket(steady(15), 15), fixedWindow(600, minute, random() * minute)),
  },
  {
    name: "drift between 8 and 72/s in 3 minutes",
    open: () => bucket((now) => 40 + 32 * Math.sin((2 * Math.PI * now) / (3 * minute)), 40),
  },
  { name: "queue of 50, worked off at 25/s", open: () => queue(25, 50) },
  {
    name: "neighbour with bursts of 40, 30/s",
    open: (random) => shared(bucket(steady(30), 30), steady(0.1), random, 40),
  },
  { name: "bucket 20/s, always says 5 s", open: () => bucket(steady(20), 20), retryAfterSeconds: 5 },
  {
    name: "window 300 per 30 s, always says 1 s",
    open: (random) => fixedWindow(300, 30 * second, random() * 30 * second),
    retryAfterSeconds: 1,
  },
  { name: "bucket 6/s, no burst", open: () => bucket(steady(6), 1) },
  {
    name: "bucket 40/s, closed for 20 s of 100",
    open: () => closing(bucket(steady(40), 40), 20 * second, 100 * second),
  },
  {
    name: "five processes, window 100 per second",
    open: (random) => fixedWindow(100, second, random() * second),
    processes: 5,
  },
  { name: "about 200 in any 20 s, by two counters", open: () => twoCounters(200, 20 * second) },
  {
    name: "window 1500 per 5 minutes",
    open: (random) => fixedWindow(1500, 5 * minute, random() * 5 * minute),
    seconds: 900,
  },
  {
    name: "four gateways, 10/s each, drawn at random",
    open: (random) =>
      drawn(
        Array.from({ length: 4 }, () => bucket(steady(10), 10)),
        random,
      ),
  },
  { name: "60 and 15/s, 90 s each", open: () => bucket((now) => (now % 180_000 < 90_000 ? 60 : 15), 20) },
  {
    name: "neighbour on and off, 20 of 30/s",
    open: (random) =>
      shared(bucket(steady(30), 30), (now) => (now % (20 * second) < 10 * second ? 20 : 0), random),
  },
  {
    name: "bucket 9/s, burst of 30, slow jittery answers",
    open: () => bucket(steady(9), 30),
    latencyMilliseconds: 400,
    latencySpread: 0.8,
  },
  { name: "bucket 15/s, burst of 3", open: () => bucket(steady(15), 3) },
  {
    name: "sliding window 50 per 5 s, answers after 600 ms",
    open: () => slidingWindow(50, 5 * second),
    latencyMilliseconds: 600,
  },
  {
    name: "two gateways, 25/s each, drawn at random",
    open: (random) =>
      drawn(
        Array.from({ length: 2 }, () => bucket(steady(25), 25)),
        random,
      ),
  },
  {
    name: "8/s and 900 per 3 minutes",
    open: (random) => stacked(bucket(steady(8), 8), fixedWindow(900, 3 * minute, random() * 3 * minute)),
    seconds: 540,
  },
  {
    name: "bucket 60/s, closed once for 30 s",
    open: () => closing(bucket(steady(60), 60), 30 * second, 150 * second),
    seconds: 270,
  },
  {
    name: "neighbour that takes half of 50/s each other minute",
    open: (random) => shared(bucket(steady(50), 50), (now) => (now % (2 * minute) < minute ? 0 : 25), random),
  },
];

const blind: readonly Omit<Model, "set">[] = [
  {
    name: "window 300 per minute, silent",
    open: (random) => fixedWindow(300, minute, random() * minute),
    isSilent: true,
  },
  {
    name: "window 1200 per minute, a neighbour takes a quarter",
    open: (random) => shared(fixedWindow(1200, minute, random() * minute), steady(5), random),
  },
  { name: "sliding window 100 per second", open: () => slidingWindow(100, second), seconds: 200 },
  { name: "log of 60 in any 10 s, refusals too", open: () => slidingLog(60, 10 * second) },
  { name: "8 calls at a time, 250 ms each", open: (random) => slots(8, 250, random) },
  {
    name: "30 calls at a time, 600 ms each, jittery",
    open: (random) => slots(30, 600, random, 0.8),
    latencySpread: 0.7,
  },
  {
    name: "neighbour with bursts of 100, 60/s",
    open: (random) => shared(bucket(steady(60), 60), steady(0.05), random, 100),
  },
  {
    name: "by hour: 30, 60, 15 and 45/s",
    open: () => bucket((now) => [30, 60, 15, 45][Math.floor(now / (10 * minute)) % 4]!, 30),
    seconds: 2400,
  },
  { name: "bucket 25/s, burst of 50, silent", open: () => bucket(steady(25), 50), isSilent: true },
  { name: "503 beyond 40/s, for a second", open: () => bucket(steady(40), 20, second), isSilent: true },
  {
    name: "cold after idle: 6 to 30/s in 20 s",
    open: () => warming(30, 6, 20 * second, 30 * second),
    busySeconds: 60,
    seconds: 600,
  },
  { name: "ten processes, bucket 100/s", open: () => bucket(steady(100), 100), processes: 10 },
];

/** The trust in a limit was chosen with three servers of each kind of the seeds 1, 2 and 3, and what 4 showed was looked at. */
const sets = { tuned, seen, blind, drawn: drawnModels(5, 1) };

export const models: readonly Model[] = Object.entries(sets).flatMap(([set, own]) =>
  own.map((model) => ({ ...model, set: set as Set })),
);
