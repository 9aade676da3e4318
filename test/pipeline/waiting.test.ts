import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Decided } from "#lib/pipeline/applying.ts";
import {
  bringBackDue,
  hasWaitedTooLong,
  waitForMending,
  waitForPause,
  waitOf,
} from "#lib/pipeline/waiting.ts";
import { memoryParked } from "../memory/parked.ts";
import { told } from "../delivery/world.ts";
import { parkedList } from "../contract/parked-list.ts";

const minute = 60_000;
const start = Date.UTC(2026, 2, 2, 1);
const clock = (now: number, random = 0) => ({ now: () => now, random: () => random });
const refused = new InboundError("misconfigured", "source-refused", { path: "token", hint: "renew it" });
const message = told("hr", "e-1", "1", 0, []);

const decided = (attempts: number, outcomes: readonly Outcome[], dueAt?: number) =>
  ({
    message,
    attempts,
    outcomes,
    decision: { steps: [], superseded: {}, noted: [], ahead: [], ...(dueAt !== undefined && { dueAt }) },
  }) as unknown as Decided & { outcomes: readonly Outcome[] };
const unknown: Outcome = { kind: "rejected", reason: "user-unknown" };

describe("what another event may change soon", () => {
  it("waits for seconds, then longer, for ten minutes at most, and half as long by chance", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 30, 1000].map(
      (attempts) => (waitOf(decided(attempts, [unknown]), clock(start))?.dueAt ?? 0) - start,
    );
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600, 600].map((seconds) => seconds * 1000));
    for (const random of [0, 0.5, 0.999]) {
      const { dueAt = 0 } = waitOf(decided(3, [unknown]), clock(start, random)) ?? {};
      expect(dueAt - start).toBeCloseTo(40_000 * (1 - random / 2));
    }
  });

  it("is final after an hour", () => {
    expect(waitOf(decided(9, [unknown]), clock(start + 60 * minute - 1))).toMatchObject({
      reason: "user-unknown",
    });
    expect(waitOf(decided(9, [unknown]), clock(start + 60 * minute))).toBeUndefined();
  });

  it.each<[Outcome, boolean]>([
    [unknown, true],
    [{ kind: "rejected", reason: "identifier-in-use" }, true],
    [{ kind: "rejected", reason: "conflict" }, false],
    [{ kind: "rejected", reason: "invalid-record" }, false],
    [{ kind: "already-done", reason: "user-unknown" }, false],
    [{ kind: "accepted" }, false],
    [{ kind: "held", reason: "account-exists" }, false],
  ])("is %j: %s", (outcome, waits) => {
    expect(waitOf(decided(1, [{ kind: "accepted" }, outcome]), clock(start)) !== undefined).toBe(waits);
  });
});

describe("a day that lies ahead", () => {
  it("is waited for, once what is due is done", () => {
    const dueAt = start + 20 * 24 * 60 * minute;
    expect(waitOf(decided(1, [{ kind: "accepted" }], dueAt), clock(start))).toEqual({
      reason: "date-ahead",
      dueAt,
    });
    expect(waitOf(decided(1, [], dueAt), clock(start))).toEqual({ reason: "date-ahead", dueAt });
    expect(waitOf(decided(1, [unknown], dueAt), clock(start))).toMatchObject({ reason: "user-unknown" });
  });

  it("keeps nothing from the operator who has to decide about the rest", () => {
    const held: Outcome = { kind: "held", reason: "mass-departure" };
    expect(waitOf(decided(1, [held], start + 1), clock(start))).toBeUndefined();
  });
});

describe("what has to be mended", () => {
  it("waits from half a minute to twenty minutes, and says what and where", () => {
    const wait = (attempts: number) => waitForMending(refused, { attempts }, clock(start));
    expect(wait(1)).toEqual({
      reason: "source-refused",
      path: "token",
      hint: "renew it",
      dueAt: start + 30_000,
    });
    expect([2, 6, 7, 50].map((attempts) => wait(attempts).dueAt - start)).toEqual(
      [60, 960, 1200, 1200].map((seconds) => seconds * 1000),
    );
  });

  it("is dead after ten days; a date and a pause end by themselves", () => {
    const since = new Date(start).toISOString();
    const tenDays = start + 10 * 24 * 60 * minute;
    const wait = waitForMending(refused, { attempts: 1 }, clock(start));
    expect(hasWaitedTooLong(wait, since, tenDays)).toBe(false);
    expect(hasWaitedTooLong(wait, since, tenDays + 1)).toBe(true);
    expect(hasWaitedTooLong(waitForPause(start), since, 10 * tenDays)).toBe(false);
    expect(hasWaitedTooLong({ reason: "date-ahead", dueAt: 0 }, since, 10 * tenDays)).toBe(false);
  });
});

describe("what is due", () => {
  const parkedMessage = (id: string, dueAt: number): ParkedMessage => ({
    kind: "waiting",
    message: told("hr", id, id, 0, []),
    ledgerId: id,
    reason: "user-unknown",
    attempts: 1,
    since: new Date(start).toISOString(),
    dueAt: new Date(dueAt).toISOString(),
  });

  it("comes back, stays parked until its outcome is recorded, and comes once more should it be lost", async () => {
    const parked = memoryParked();
    const sent: QueuedMessage[] = [];
    let now = start;
    const ports = {
      parked,
      clock: { now: () => now },
      events: {
        async send(messages: readonly QueuedMessage[]) {
          sent.push(...messages);
        },
      },
    };
    await parked.keep(parkedMessage("due", start));
    await parked.keep(parkedMessage("later", start + 1));
    expect(await bringBackDue(ports, start + minute)).toBe(1);
    expect(sent).toMatchObject([{ event: { id: "due" }, parkedAs: { kind: "waiting", ledgerId: "due" } }]);
    expect(await parkedList(parked, "waiting", 10)).toHaveLength(2);
    expect(await bringBackDue(ports, start + minute)).toBe(0);
    now = start + 30 * minute;
    expect(await bringBackDue(ports, now + minute)).toBe(2);
    expect(sent).toHaveLength(3);
  });

  it("stays parked where the queue does not take it", async () => {
    const parked = memoryParked();
    await parked.keep(parkedMessage("due", start));
    const send = () => Promise.reject(new InboundError("unavailable", "queue"));
    const ports = { parked, clock: { now: () => start }, events: { send } };
    await expect(bringBackDue(ports, start)).rejects.toThrow("queue");
    expect(await parked.due(start + 30 * minute, 10)).toHaveLength(1);
  });

  it("comes back a hundred at a time, until time is up", async () => {
    const parked = memoryParked();
    for (let index = 0; index < 250; index += 1) await parked.keep(parkedMessage(String(index), start));
    const sizes: number[] = [];
    const send = async (messages: readonly QueuedMessage[]) => void sizes.push(messages.length);
    const ports = { parked, clock: { now: () => start }, events: { send } };
    expect(await bringBackDue(ports, start)).toBe(100);
    expect(await bringBackDue(ports, start + 1)).toBe(150);
    expect(sizes).toEqual([100, 100, 50]);
  });
});
