import { expect } from "vitest";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { LeavePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { CreateTask, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { memoryLedger, type MemoryLedger } from "../memory/ledger.ts";
import { accessKey, day } from "./world.ts";

interface TasksOptions {
  readonly rehire?: RehirePolicy;
  /** Replaces calls of Authing's API. */
  readonly answers?: Partial<AuthingClient>;
}

/** A pool and a ledger without any person, and tasks that are brought there as they are, by no event and no file. */
export function openTasks({ rehire = "reactivate", answers = {} }: TasksOptions = {}) {
  const clock = virtualClock(day);
  const pool = directPool(clock, {});
  const memory = memoryLedger(clock.now);
  const ledger: MemoryLedger = {
    ...memory,
    async recordPeople(notes) {
      // Another ledger would refuse a note without them.
      for (const { externalId, userId } of notes) expect([externalId, userId]).not.toContain(undefined);
      return memory.recordPeople(notes);
    },
  };
  const client = pool.connect(secretReader(async () => ({ current: accessKey }), clock.now));
  const authing: AuthingClient = { ...client, ...answers };
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

export const shared = { source: "hr", subject: "1", by: "hr/hired", links: true } as const;
export const event = { ...shared, owner: "hr", links: false } as const;
/** An operator has said whose the account is. */
export const same = { ...event, isSame: true, links: true } as const;
export const row = { source: "uploads", by: "uploads/i/line 2", links: true } as const;
export const rowOf = (source: string) => ({ ...row, source, owner: source });

/** A task about a person, of an event or a row of another name each. */
export function taskOf(
  task: Partial<Omit<CreateTask, "change">>,
  person: CreateUserInfoDto,
  more: Partial<CreateTask["change"]> = {},
): CreateTask {
  const change = { kind: "create", person, trail: {}, ...more } as const;
  return { change, by: "", source: "", since: day, links: false, isSame: false, ...task };
}
