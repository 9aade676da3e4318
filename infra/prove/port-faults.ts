import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";

// Ports of AWS that fail: a table that throttles, a queue whose answer is lost, a bucket that is slow.

/** `after`: how many calls after the fault before it. `fails-after`: it is done, and the answer is lost. */
export interface PortFault {
  readonly after: number;
  readonly kind: "fails-before" | "fails-after" | "slow";
}

export interface PortFaults {
  /** How many have happened. */
  readonly happened: number;
  /** The port, whose calls fail as scripted. All ports share the script. */
  spoil<Port extends object>(port: Port): Port;
}

/** Longer than the port's own tries, shorter than an invocation. */
const slowMilliseconds = 15_000;

export function portFaults(script: readonly PortFault[], clock: Clock): PortFaults {
  const left = [...script];
  let calls = 0;
  let happened = 0;
  const failure = () => new InboundError("unavailable", "store-unreachable");

  async function through(effect: () => unknown): Promise<unknown> {
    calls += 1;
    const next = left[0];
    if (next === undefined || calls < next.after) return effect();
    calls = 0;
    left.shift();
    happened += 1;
    if (next.kind === "fails-before") throw failure();
    if (next.kind === "slow") await clock.wait(slowMilliseconds);
    const result = await effect();
    if (next.kind === "fails-after") throw failure();
    return result;
  }

  return {
    get happened() {
      return happened;
    },
    spoil(port) {
      const spoilt = Object.entries(port).map(([name, value]) => [
        name,
        typeof value === "function"
          ? (...given: unknown[]) => through(() => value.apply(port, given) as unknown)
          : value,
      ]);
      return Object.fromEntries(spoilt) as typeof port;
    },
  };
}
