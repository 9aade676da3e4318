import type { Model } from "./rate-models.ts";
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
} from "./rate-servers.ts";
import { seeded } from "./rate-time.ts";

// Servers with numbers that a seeded generator draws: the constants of the pace are chosen with these.

const second = 1000;
const minute = 60_000;

/** A server of each kind for each round. The same seed gives the same servers. */
export function drawnModels(seed: number, rounds: number): readonly Omit<Model, "set">[] {
  const random = seeded(seed * 104_729 + 5);
  return Array.from({ length: rounds }, () =>
    Object.entries(kinds).map(([kind, draw]) => {
      const model = draw(numbersOf(random));
      const timing = {
        latencyMilliseconds: numbersOf(random).about(50, 500),
        latencySpread: 0.2 + 0.5 * random(),
      };
      return { name: kind, ...timing, ...model };
    }),
  ).flat();
}

/** Numbers of which each size is as likely as the others. */
function numbersOf(random: () => number) {
  const about = (least: number, most: number) => least * (most / least) ** random();
  return {
    random,
    about,
    whole: (least: number, most: number) => Math.round(about(least, most)),
    oneOf: <Value>(...values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!,
  };
}

type Numbers = ReturnType<typeof numbersOf>;

/** Enough time for a few thousand calls. */
const secondsFor = (perSecond: number) => Math.min(Math.max(Math.round(12_000 / perSecond), 100), 600);

const kinds: Readonly<Record<string, (numbers: Numbers) => Omit<Model, "set" | "name">>> = {
  "bucket of a second"({ about }) {
    const rate = about(4, 250);
    return { open: () => bucket(() => rate, Math.max(rate, 1)), seconds: secondsFor(rate) };
  },
  "bucket with a small burst"({ about, whole }) {
    const rate = about(4, 150);
    const burst = whole(1, Math.max(rate / 2, 2));
    return { open: () => bucket(() => rate, burst), seconds: secondsFor(rate) };
  },
  "bucket with a large burst"({ about }) {
    const rate = about(4, 100);
    const burst = rate * about(2, 12);
    return { open: () => bucket(() => rate, burst), seconds: secondsFor(rate) };
  },
  "window of a second"({ whole }) {
    const limit = whole(5, 250);
    return { open: (own) => fixedWindow(limit, second, own() * second), seconds: secondsFor(limit) };
  },
  "window of some seconds"({ whole, about }) {
    const [rate, length] = [about(4, 60), whole(5, 30) * second];
    return {
      open: (own) => fixedWindow(Math.round((rate * length) / second), length, own() * length),
      seconds: secondsFor(rate),
    };
  },
  "window of a minute"({ whole, oneOf }) {
    const limit = whole(150, 3000);
    const isSilent = oneOf(true, false);
    return {
      open: (own) => fixedWindow(limit, minute, own() * minute),
      seconds: 600,
      ...(isSilent && { isSilent }),
    };
  },
  "sliding window"({ whole, about }) {
    const [rate, length] = [about(4, 60), whole(1, 60) * second];
    return {
      open: () => slidingWindow(Math.round((rate * length) / second), length),
      seconds: secondsFor(rate),
    };
  },
  "log or counters of a stretch"({ whole, about, oneOf }) {
    const [rate, length] = [about(4, 40), whole(5, 60) * second];
    const limit = Math.round((rate * length) / second);
    const open = oneOf(slidingLog, twoCounters);
    return { open: () => open(limit, length), seconds: secondsFor(rate) };
  },
  "calls at a time"({ whole, about }) {
    const [count, work] = [whole(4, 40), about(80, 1500)];
    const seconds = secondsFor((count / work) * second);
    return { open: (own) => slots(count, work, own), seconds, latencyMilliseconds: about(20, 200) };
  },
  "queue or gateways"({ whole, about, oneOf, random }) {
    const rate = about(8, 80);
    const count = whole(2, 5);
    const open = oneOf(
      () => queue(rate, rate * 2),
      (own: () => number) =>
        drawn(
          Array.from({ length: count }, () => bucket(() => rate / count, rate / count)),
          own,
        ),
    );
    return { open, seconds: secondsFor(rate), latencySpread: 0.2 + 0.5 * random() };
  },
  "a limit for a minute over one for a second"({ about, whole, random }) {
    const rate = about(5, 40);
    const limit = whole(rate * 30, rate * 55);
    return {
      open: (own) =>
        stacked(
          bucket(() => rate, rate),
          fixedWindow(limit, minute, own() * minute),
        ),
      seconds: 600,
      latencySpread: 0.2 + 0.5 * random(),
    };
  },
  "noisy neighbour"({ about, whole, oneOf, random }) {
    const rate = about(15, 100);
    const share = 0.2 + 0.4 * random();
    const half = about(10, 120) * second;
    const calls = oneOf(1, 1, whole(5, 60));
    const theirs = (now: number) => ((now % (2 * half) < half ? 1 : 0.2) * share * rate) / calls;
    return {
      open: (own) =>
        shared(
          bucket(() => rate, rate),
          theirs,
          own,
          calls,
        ),
    };
  },
  "limit by the hour"({ about }) {
    const rates = Array.from({ length: 4 }, () => about(5, 80));
    const step = about(2, 10) * minute;
    return {
      open: () => bucket((now) => rates[Math.floor(now / step) % rates.length]!, rates[0]!),
      seconds: Math.round((step * 4) / second),
    };
  },
  "limit that moves"({ about, random }) {
    const [middle, depth, period] = [about(10, 60), 0.2 + 0.6 * random(), about(60, 400) * second];
    const rateAt = (now: number) => middle * (1 + depth * Math.sin((2 * Math.PI * now) / period));
    return { open: () => bucket(rateAt, middle), seconds: 400 };
  },
  "a new limit now and then"({ about }) {
    const rates = Array.from({ length: 12 }, () => about(4, 80));
    const step = about(25, 120) * second;
    return {
      open: () => bucket((now) => rates[Math.floor(now / step) % rates.length]!, rates[0]!),
      seconds: Math.round((step * 6) / second),
    };
  },
  "503 that locks"({ about }) {
    const rate = about(8, 100);
    const [burst, locks] = [rate * about(0.2, 2), about(0.2, 4) * second];
    return { open: () => bucket(() => rate, burst, locks), isSilent: true, seconds: secondsFor(rate) };
  },
  "silent bucket or window"({ about, oneOf }) {
    const rate = about(5, 120);
    const burst = rate * about(0.1, 4);
    const open = oneOf(
      () => bucket(() => rate, burst),
      (own: () => number) => fixedWindow(Math.ceil(rate), second, own() * second),
    );
    return { open, isSilent: true, seconds: secondsFor(rate) };
  },
  "cold after idle"({ about, whole }) {
    const rate = about(15, 80);
    const cold = rate * about(0.15, 0.5);
    const [warms, idle, busy] = [about(8, 30) * second, about(10, 40) * second, whole(45, 90)];
    return { open: () => warming(rate, cold, warms, idle), busySeconds: busy, seconds: busy * 8 };
  },
  "wrong Retry-After or an outage"({ about, whole, oneOf }) {
    const rate = about(8, 60);
    const retryAfterSeconds = whole(1, 8);
    return oneOf(
      { open: () => bucket(() => rate, rate), retryAfterSeconds, seconds: secondsFor(rate) },
      {
        open: () =>
          closing(
            bucket(() => rate, rate),
            20 * second,
            120 * second,
          ),
        seconds: 360,
      },
    );
  },
  "several processes"({ about, whole, oneOf }) {
    const processes = whole(2, 10);
    const rate = processes * about(2, 20);
    const open = oneOf(
      () => bucket(() => rate, rate),
      (own: () => number) => fixedWindow(Math.ceil(rate), second, own() * second),
      () => slidingWindow(Math.round(rate * 10), 10 * second),
    );
    return { open, processes, seconds: secondsFor(rate) };
  },
};
