import type { Controller } from "./rate-peers.ts";
import type { Model } from "./rate-models.ts";
import { seeded, virtualTime } from "./rate-time.ts";

/** The result of one controller with one server. */
export interface Trial {
  /** Accepted calls divided by allowed calls, at most 1: windows that the trial's begin and end cut let more calls through. */
  readonly use: number;
  /** Refused calls divided by all calls. */
  readonly refused: number;
}

const usualSeconds = 300;
const usualLatencyMilliseconds = 140;
const usualSpread = 0.35;
/** How many calls every process tries to keep in flight. */
const appetite = 64;
const firstBackOffMilliseconds = 500;
const longestBackOffMilliseconds = 20_000;

/** `tellsWhen`: refusals come with a Retry-After. The same seed gives the same server and the same latencies. */
export async function trial(
  { open, backsOff = false }: Controller,
  model: Model,
  { seed, tellsWhen }: { seed: number; tellsWhen: boolean },
): Promise<Trial> {
  const random = seeded(seed * 7919 + 17);
  const time = virtualTime(random);
  const server = model.open(random);
  const seconds = model.seconds ?? usualSeconds;
  const end = seconds * 1000;
  const processes = model.processes ?? 1;
  // Only the fixed-rate controllers use the limit; it is the average over the whole trial.
  const limit = model.open(seeded(seed)).allowed(end) / seconds / processes;
  const latency = model.latencyMilliseconds ?? usualLatencyMilliseconds;
  const counts = { accepted: 0, refused: 0 };
  const busyMilliseconds = (model.busySeconds ?? Infinity) * 1000;
  const isBusy = (now: number) => Math.floor(now / busyMilliseconds) % 2 === 0;
  let allowed = 0;
  let countedFrom = 0;
  /** What the server allows from now on until the next call of this is not counted when we do not call. */
  const countAllowed = () => {
    const now = server.allowed(time.now());
    if (isBusy(time.now() - 1)) allowed += now - countedFrom;
    countedFrom = now;
  };
  for (let edge = busyMilliseconds; edge < end; edge += busyMilliseconds) time.at(edge, countAllowed);

  for (let process = 0; process < processes; process += 1) {
    const pace = open(time, limit);
    const call = async (refusals: number): Promise<void> => {
      while (!isBusy(time.now())) await time.wait(busyMilliseconds - (time.now() % busyMilliseconds));
      const permit = await pace.permit();
      const oneWay = (latency / 2) * spread(random, model.latencySpread ?? usualSpread);
      time.at(time.now() + oneWay, () => {
        const isTaken = server.takes(time.now());
        const opensIn = server.opensAt(time.now()) - time.now();
        counts[isTaken ? "accepted" : "refused"] += 1;
        const kept = isTaken ? (server.keeps?.() ?? 0) : 0;
        time.at(time.now() + kept + oneWay, () => {
          if (isTaken) {
            permit?.accepted();
            void call(0);
            return;
          }
          // Whole seconds, because the header has whole seconds.
          const told = model.retryAfterSeconds ?? Math.max(Math.ceil(opensIn / 1000), 1);
          const retryAfter = tellsWhen && !model.isSilent ? told : undefined;
          permit?.throttled(retryAfter);
          if (!backsOff) {
            void call(0);
            return;
          }
          const backOff =
            random() * Math.min(firstBackOffMilliseconds * 2 ** refusals, longestBackOffMilliseconds);
          time.at(time.now() + (retryAfter ? retryAfter * 1000 : backOff), () => void call(refusals + 1));
        });
      });
    };
    for (let caller = 0; caller < appetite; caller += 1) void call(0);
  }
  await time.runUntil(end);
  countAllowed();
  return {
    use: Math.min(counts.accepted / allowed, 1),
    refused: counts.refused / Math.max(counts.accepted + counts.refused, 1),
  };
}

/** A random factor around 1, with a long tail to the right. */
function spread(random: () => number, deviation: number): number {
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(deviation * gauss);
}
