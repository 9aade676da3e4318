import type { Clock } from "#lib/contract/clock.ts";

export interface PermitQueue<Permit> {
  /** Resolves to a permit, in the order in which they were asked for; to `undefined` as soon as it is certain to come too late. */
  wait(deadline: number): Promise<Permit | undefined>;
  /** Gives what can be given now. Needed whenever the gate may open sooner than it was going to. */
  advance(): void;
}

/** Those that wait for a permit, and the one timer that wakes them. All times are in milliseconds since 1970. */
export function permitQueue<Permit>({
  clock,
  opensAt,
  opensNoSoonerThan,
  grant,
}: {
  readonly clock: Clock;
  /** When the next permit can be given, as things stand. */
  readonly opensAt: () => number;
  /** When it can be given at the soonest, whatever is answered until then. */
  readonly opensNoSoonerThan: () => number;
  /** Makes a permit, which closes the gate for a while. */
  readonly grant: (now: number) => Permit;
}): PermitQueue<Permit> {
  let waiting: { deadline: number; resolve: (permit: Permit | undefined) => void }[] = [];
  /** No later than the earliest deadline of those that wait. */
  let earliestDeadline = Infinity;
  /** When the timer that counts goes off. Later ones find nothing to do. */
  let wakesAt = Infinity;

  function advance(): void {
    const now = clock.now();
    if (now >= wakesAt) wakesAt = Infinity;
    while (waiting.length > 0 && opensAt() <= now) {
      const first = waiting.shift();
      first?.resolve(first.deadline > now ? grant(now) : undefined);
    }
    giveUpLateOnes(Math.max(opensNoSoonerThan(), now));
    const at = Math.min(Math.max(opensAt(), now), earliestDeadline);
    if (waiting.length === 0 || at >= wakesAt) return;
    wakesAt = at;
    void wake(at, at - now);
  }

  function giveUpLateOnes(soonest: number): void {
    if (soonest < earliestDeadline) return;
    const late = waiting.filter(({ deadline }) => deadline <= soonest);
    waiting = waiting.filter(({ deadline }) => deadline > soonest);
    earliestDeadline = waiting.reduce((earliest, { deadline }) => Math.min(earliest, deadline), Infinity);
    for (const { resolve } of late) resolve(undefined);
  }

  async function wake(at: number, milliseconds: number): Promise<void> {
    await clock.wait(milliseconds);
    // A timer may be early by a fraction of a millisecond; then it is set again.
    if (wakesAt === at) wakesAt = Infinity;
    advance();
  }

  return {
    wait: (deadline) =>
      new Promise((resolve) => {
        waiting.push({ deadline, resolve });
        earliestDeadline = Math.min(earliestDeadline, deadline);
        advance();
      }),
    advance,
  };
}
