import { beforeEach, describe, expect, it } from "vitest";
import { eventRecord } from "#lib/ledger/event-record.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { claimMessage, leaseSeconds, lockPeople } from "#lib/pipeline/claims.ts";
import { memoryLedger, type MemoryLedger } from "../memory/ledger.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { told, type Message } from "../delivery/world.ts";

const start = Date.UTC(2026, 2, 2, 1);
const day = 86_400;
let now = start;
let ledger: MemoryLedger;
beforeEach(() => {
  now = start;
  ledger = memoryLedger(() => now);
});

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
/** The words `id`, received so many seconds after the start. */
const received = (id: string, seconds: number, isUndated?: true): Message => {
  const message = told("hr", id, "1", 0, []);
  return {
    ...message,
    event: { ...message.event, ...(isUndated && { isUndated }) },
    reception: { ...message.reception, receivedAt: iso(start + seconds * 1000) },
  };
};
const claim = (message: Message, owner = "worker") =>
  claimMessage(message, { ledger }, { owner, repeatsForSeconds: day });

/** Applies an event as the worker does: claims it, notes what it told, records the outcome. Resolves to whether it was news. */
async function applied(
  message: Message,
  outcome: Outcome = { kind: "accepted" },
  more: { readAt?: string } = {},
): Promise<string | false> {
  now = Math.max(now, Date.parse(message.reception.receivedAt)) + 1000;
  const { key, claim: claimed } = await claim(message);
  if (claimed.state !== "claimed") return false;
  const { event, reception, source } = message;
  const { id, subject, type, occurredAt } = event;
  const at = event.isUndated ? reception.receivedAt : occurredAt;
  await ledger.tell({ source, subject, told: { access: { at, by: id } } });
  await ledger.settle(
    [{ ...eventRecord({ key, type, subject, reception, outcome }, now), ...more }],
    90 * day,
  );
  return key.id;
}

describe("a message", () => {
  it("is one worker's until its lease ends", async () => {
    expect((await claim(received("a", 0), "one")).claim).toMatchObject({ state: "claimed", attempts: 1 });
    expect((await claim(received("a", 0), "other")).claim).toEqual({ state: "busy" });
    now += leaseSeconds * 1000 + 1;
    expect(await claim(received("a", 0), "other")).toMatchObject({
      claim: { state: "claimed", attempts: 2 },
      wasParked: true,
    });
  });

  it("that comes for the first time has no copy among the parked ones; one that comes back has", async () => {
    expect((await claim(received("a", 0))).wasParked).toBe(false);
    const parkedAs = { kind: "waiting", ledgerId: "b" } as const;
    expect((await claim({ ...received("b", 0), parkedAs })).wasParked).toBe(true);
  });

  it("that was parked is claimed under the id that it has there, whatever became of its namesake since", async () => {
    const parkedAs = { kind: "rejected", ledgerId: "a~1" } as const;
    const again = { ...received("a", 60), parkedAs };
    await applied(received("a", 0), { kind: "rejected", reason: "conflict" });
    expect(await claim(again)).toMatchObject({ key: { id: "a~1" }, claim: { state: "claimed" } });
  });

  it("is settled once: the sender's retries say nothing new", async () => {
    expect(await applied(received("a", 0))).toBe("a");
    expect(await applied(received("a", 60))).toBe(false);
    expect(await applied(received("a", day))).toBe(false);
  });

  it("is a new statement after the time over which the sender repeats itself", async () => {
    await applied(received("a", 0));
    expect(await applied(received("a", day + 1))).toBe("a~1");
    expect(await applied(received("a", day + 2))).toBe(false);
    expect(await applied(received("a", 2 * day + 2))).toBe("a~2");
  });
});

describe("words without an id and a time of their own", () => {
  it("are true again when others were applied in between: A, B, A, B ends in B", async () => {
    expect(await applied(received("a", 0, true))).toBe("a");
    expect(await applied(received("b", 60, true))).toBe("b");
    expect(await applied(received("a", 120, true))).toBe("a~1");
    expect(await applied(received("b", 180, true))).toBe("b~1");
    expect((await ledger.subject("hr", "1"))?.told["access"]).toEqual({ at: iso(start + 180_000), by: "b" });
    // The sender's retries of the last one say nothing new.
    expect(await applied(received("b", 180, true))).toBe(false);
    expect(await applied(received("b", 240, true))).toBe(false);
  });

  it("are a retry where they came in before", async () => {
    await applied(received("a", 60, true));
    await applied(received("b", 120, true));
    expect(await applied(received("a", 60, true))).toBe(false);
    expect(await applied(received("a", 30, true))).toBe(false);
  });

  it("are known words where the event has an id or a time", async () => {
    await applied(received("a", 0));
    await applied(received("b", 60));
    expect(await applied(received("a", 120))).toBe(false);
  });
});

describe("an event that says to look at a person again", () => {
  it("is read again when it is told after the worker had read", async () => {
    const readAt = iso(start + 10_000);
    await applied(received("look", 0), { kind: "accepted" }, { readAt });
    expect(await applied(received("look", 9))).toBe(false);
    expect(await applied(received("look", 10))).toBe(false);
    expect(await applied(received("look", 11))).toBe("look~1");
  });
});

describe("what was refused", () => {
  it.each<[Outcome, string | false]>([
    [{ kind: "rejected", reason: "conflict" }, "a"],
    [{ kind: "dead", reason: "translation-failed" }, "a"],
    [{ kind: "rejected", reason: "discarded" }, false],
    [{ kind: "held", reason: "mass-departure" }, false],
    [{ kind: "accepted" }, false],
    [{ kind: "superseded" }, false],
  ])("as %j is tried again when it is sent again: %s", async (outcome, expected) => {
    await applied(received("a", 0), outcome);
    // What the queue gives twice came in before.
    expect(await applied(received("a", 0))).toBe(false);
    expect(await applied(received("a", 60))).toBe(expected);
  });

  it("has a copy among the parked ones", async () => {
    await applied(received("a", 0), { kind: "rejected", reason: "conflict" });
    now += 60_000;
    expect((await claim(received("a", 60))).wasParked).toBe(true);
  });
});

describe("people", () => {
  const clock = virtualClock(start);
  const own = memoryLedger(clock.now);
  const ports = { ledger: own, clock };
  const none = new Map<string, never>();
  /** An event that was claimed. */
  async function read(id: string, ...lockIds: string[]) {
    const key = { source: "hr", id };
    await own.claim(key, { owner: "worker", leaseSeconds });
    return { key, lockIds };
  }

  it("are locked for one event, until it lets go of them", async () => {
    expect(await lockPeople(await read("a", "2", "1"), none, ports)).toBeTruthy();
    const began = clock.now();
    const waiting = lockPeople(await read("b", "1"), none, ports);
    void clock.wait(2_000).then(() => own.release({ source: "hr", id: "a" }, "worker"));
    expect(await waiting).toBeTruthy();
    expect(clock.now() - began).toBeLessThan(2_200);
  });

  it("are not waited for longer than ten seconds", async () => {
    await lockPeople(await read("c", "4"), none, ports);
    const began = clock.now();
    expect(await lockPeople(await read("d", "3", "4"), none, ports)).toBe(false);
    expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - began).toBeLessThan(10_200);
    // None of them stays locked when the event is left to the queue.
    await own.release({ source: "hr", id: "d" }, "worker");
    expect(await lockPeople(await read("e", "3"), none, ports)).toBeTruthy();
  });

  it("are locked in one order, so that two events never wait for each other", async () => {
    const asked: string[] = [];
    const ledger: Pick<Ledger, "lockPerson"> = {
      lockPerson(id, ...more) {
        asked.push(id);
        return own.lockPerson(id, ...more);
      },
    };
    await lockPeople(await read("f", "7", "5", "6"), none, { clock, ledger });
    expect(asked).toEqual(["5", "6", "7"]);
  });
});
