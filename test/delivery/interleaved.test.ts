import { describe, expect, it } from "vitest";
import { carryOutAsked, type Asked } from "#infra/prove/asked.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { mover } from "./story.ts";
import { openWorld, personOf, portsOf, told, type Message, type World } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Two processes at once: one of them stands still before one of its steps, a step being a call to the outside or its answer, while
// the other one does all that it can. The end must be the same at every step.

const older = { status: "Suspended", city: "older", nickname: "older" } as const;
const newer = told("hr", "newer", "0", 40, [mover({ nickname: "newer" })]);
const reopening = told("hr", "reopening", "0", 40, [mover({ nickname: "newer", status: "Activated" })]);
const late = (payload: object = {}) => told("hr", "older", "0", 30, [mover(older)], payload);

/** What a process does once; `false`: it has to be done again. */
type Work = (ports: ApplyPorts) => Promise<boolean>;

const run = (world: World, owner: string) => ({ owner, deadline: world.clock.now() + 57_000 });
const invoking =
  (world: World, message: Message): Work =>
  async (ports) => {
    const [applied] = await apply([message], ports, run(world, `invocation-of-${message.event.id}`));
    return applied?.state === "done";
  };
const operating =
  (world: World, request: Asked): Work =>
  async (ports) => {
    const results = await carryOutAsked(request, ports, run(world, `terminal-${request.operation}`));
    return results.every(({ result = "" }) => !result.includes("not now"));
  };

/** One process stands still before its step `at` until the other one has tried. Resolves to whether it got so far. */
async function interleave(world: World, first: Work, second: Work, at: number): Promise<boolean> {
  let steps = 0;
  const tried: boolean[] = [];
  const tryOther = async () => {
    tried.push(await second(processOf(world)));
  };
  const step = async () => {
    steps += 1;
    if (steps === at) await tryOther();
  };
  const isFirstDone = await first(processOf(world, step));
  // What the queue, or the operator, tries again.
  for (let again = 0; tried.at(-1) !== true && again < 5; again += 1) {
    world.clock.pass(180);
    await tryOther();
  }
  if (!isFirstDone) {
    world.clock.pass(180);
    expect(await first(processOf(world))).toBe(true);
  }
  expect(tried.at(-1)).toBe(true);
  return steps >= at;
}

/** The ports of a process of its own. */
function processOf(world: World, step?: () => Promise<void>): ApplyPorts {
  const wrap = <Port extends object>(port: Port): Port => {
    if (!step) return port;
    const calls = Object.entries(port).map(([name, value]) => [
      name,
      typeof value === "function"
        ? async (...given: unknown[]) => {
            await step();
            const result = (await value.apply(port, given)) as unknown;
            await step();
            return result;
          }
        : value,
    ]);
    return Object.fromEntries(calls) as Port;
  };
  const silent = () => {};
  const secrets = secretReader(async () => ({ current: {} }));
  return portsOf({
    ledger: wrap(world.ledger),
    parked: wrap(world.parked),
    events: { send: async () => {} },
    authing: wrap(world.pool.connect(secrets)),
    secrets,
    clock: world.clock,
    leavePolicy: () => "resign",
    rehirePolicy: () => "reactivate",
    otpPolicy: "import",
    peoplePolicy: () => "own",
    isMended: () => true,
    log: { info: silent, warn: silent, error: silent },
  });
}

const joiner = (id: string) =>
  told("hr", `hired-${id}`, id, 0, [{ kind: "create", person: personOf(id), trail: {} }]);
const ids = Array.from({ length: 11 }, (_, index) => String(index));

/** A departure of 0 is held, since ten others left before. */
async function held(): Promise<World> {
  const world = await openWorld({ makeLedger: memoryLedger, direct: true, people: "own" });
  await world.deliver(ids.map(joiner));
  await world.deliver(
    ids.slice(1).map((id) => told("hr", `left-${id}`, id, 20, [{ kind: "leave", who: {} }])),
  );
  await world.deliver([late()]);
  expect(await parkedList(world.parked, "held", 10)).toHaveLength(1);
  return world;
}

/** The older event is dead by a mapping bug that has been mended. */
async function dead(): Promise<World> {
  const world = await openWorld({ makeLedger: memoryLedger, direct: true, people: "own" });
  await world.deliver([joiner("0"), late({ broken: true })]);
  expect(await parkedList(world.parked, "dead", 10)).toHaveLength(1);
  return world;
}

/** Plays both at every step of the first, until it has no more of them. */
async function atEveryStep(
  prepare: () => Promise<World>,
  works: (world: World) => readonly [Work, Work],
  check: (world: World) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const world = await prepare();
    const [first, second] = works(world);
    const hasMore = await interleave(world, first, second, at);
    try {
      await check(world);
    } catch (error) {
      if (error instanceof Error) error.message += ` (interrupted at step ${at})`;
      throw error;
    }
    world.close().catch(() => {});
    if (!hasMore) return at - 1;
  }
}

const userOf = (world: World) => world.pool.users().find(({ externalId }) => externalId === "0");

describe("an older event that goes on while a newer one is applied", () => {
  const ways = {
    released: { prepare: held, request: { operation: "release" } },
    redriven: { prepare: dead, request: { operation: "redrive", kind: "dead" } },
  } as const;
  for (const [way, { prepare, request }] of Object.entries(ways)) {
    for (const [event, status] of [
      [newer, "Suspended"],
      [reopening, "Activated"],
    ] as const) {
      const check = async (world: World) => {
        expect(userOf(world)).toMatchObject({ status, city: "older", nickname: "newer" });
        expect(await world.ledger.subject("hr", "0")).toMatchObject({ isClosed: status === "Suspended" });
        for (const kind of ["held", "dead", "rejected", "waiting"] as const)
          expect(await parkedList(world.parked, kind, 10), kind).toEqual([]);
        expect(await world.recordOf("hr", "older")).toMatchObject({ outcome: { kind: "accepted" } });
      };
      it(`is ${way}, interrupted by ${event.event.id} at every step: of each field the newest counts`, async () => {
        const works = (world: World) => [operating(world, request), invoking(world, event)] as const;
        expect(await atEveryStep(prepare, works, check)).toBeGreaterThan(20);
      });
      it(`is ${way} at every step of ${event.event.id}: of each field the newest counts`, async () => {
        const works = (world: World) => [invoking(world, event), operating(world, request)] as const;
        expect(await atEveryStep(prepare, works, check)).toBeGreaterThan(15);
      });
    }
  }
});

describe("two operators who decide about the same departure at once", () => {
  const release: Asked = { operation: "release" };
  const discard: Asked = { operation: "discard", kind: "held" };
  /** One decision holds, and the ledger tells the one that was carried out. */
  const check = async (world: World) => {
    const { outcome } = (await world.recordOf("hr", "older")) ?? {};
    expect(outcome?.kind).toMatch(/^(accepted|rejected)$/);
    const isReleased = outcome?.kind === "accepted";
    expect(userOf(world)).toMatchObject({ status: isReleased ? "Suspended" : "Activated" });
    if (!isReleased) expect(outcome).toMatchObject({ reason: "discarded" });
    expect(await parkedList(world.parked, "held", 10)).toEqual([]);
  };
  it.each([
    ["releases", "discards", release, discard],
    ["discards", "releases", discard, release],
    ["releases", "releases", release, release],
  ])("one %s while the other %s: one decision is carried out", async (_, __, one, other) => {
    const works = (world: World) => [operating(world, one), operating(world, other)] as const;
    expect(await atEveryStep(held, works, check)).toBeGreaterThan(10);
  });
});
