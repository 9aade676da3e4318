import { expect } from "vitest";
import type { LeavePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { accessKey, day } from "./world.ts";

/** A pool and a ledger without any person, and tasks that are brought there as they are, by no event and no file. */
export function openTasks({ rehire = "reactivate" }: { rehire?: RehirePolicy } = {}) {
  const clock = virtualClock(day);
  const pool = directPool(clock, {});
  const ledger = memoryLedger(clock.now);
  const authing = pool.connect(secretReader(async () => ({ current: accessKey }), clock.now));
  const ports = {
    ledger,
    authing,
    clock,
    pace: createPace({ clock, maxPerSecond: 1000, startPerSecond: 50 }),
    leavePolicy: (): LeavePolicy => "resign",
    rehirePolicy: () => rehire,
    otpPolicy: "import" as const,
    log: { info() {}, warn() {}, error() {} },
  };
  const bring = async (tasks: readonly Task[]) => {
    const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline: clock.now() + 60_000 });
    expect(stopped).toBeUndefined();
    return outcomes;
  };
  return { clock, pool, ledger, authing, bring };
}
