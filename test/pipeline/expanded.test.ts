import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import { apply } from "#lib/pipeline/apply.ts";
import kombo from "#lib/sources/kombo/index.ts";
import { memoryParked } from "../memory/parked.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { lives } from "#infra/prove/lives.ts";
import { day, portsOf, told } from "../delivery/world.ts";
import { parkedList } from "../contract/parked-list.ts";

// A source whose events only say that people have changed: the worker asks for the list, page by page, from where it was read last.

const peopleOf = (page: number): SourceEvent[] =>
  ["a", "b"].map((name) => ({
    id: `${page}${name}`,
    subject: `${page}${name}`,
    type: "listed",
    occurredAt: new Date(day).toISOString(),
    payload: { changes: [] },
  }));
function open(pages = 3) {
  const clock = virtualClock(day);
  const ledger = memoryLedger(clock.now);
  const parked = memoryParked();
  const sent: QueuedMessage[] = [];
  const asked: (string | undefined)[] = [];
  const mortals = lives();
  let isDown = false;
  const fetch: Fetch<unknown> = {
    hosts: () => ({ api: "https://hr.example.com" }),
    read: async ({ payload }) => payload,
    async changedSince(event, _, cursor) {
      if (event.type === "listed") return undefined;
      asked.push(cursor);
      if (isDown) throw new InboundError("misconfigured", "source-refused");
      const page = Number(cursor ?? 0) + 1;
      return {
        events: page > pages ? [] : peopleOf(page),
        cursor: String(Math.min(page, pages)),
        isComplete: page >= pages,
      };
    },
  };
  const silent = () => {};
  const process = () => {
    const ports = portsOf({
      ledger: mortals.wrap(ledger),
      parked: mortals.wrap(parked),
      events: mortals.wrap({
        async send(messages: readonly QueuedMessage[]) {
          sent.push(...messages);
        },
      }),
      authing: undefined as never,
      secrets: { read: async () => [{}], refresh: async () => [{}] } as never,
      clock,
      leavePolicy: () => "resign",
      rehirePolicy: () => "reactivate",
      otpPolicy: "import",
      peoplePolicy: () => "own",
      isMended: () => true,
      log: { info: silent, warn: silent, error: silent },
    });
    const base = ports.source("hr");
    return { ...ports, source: () => base && { ...base, secret: {} as never, fetch } };
  };
  let runs = 0;
  const work = async (message: QueuedMessage) => {
    runs += 1;
    const run = { owner: `invocation-${runs}`, deadline: clock.now() + 57_000 };
    const applied = await mortals.outlive(apply([message], process(), run));
    if (!applied) {
      mortals.begin();
      clock.pass(180);
    }
    return applied?.[0];
  };
  return { ledger, parked, sent, asked, mortals, work, clock, setDown: (value: boolean) => (isDown = value) };
}

const changed = (id: string) => told("hr", id, "everybody", 0, []);
const idsOf = (messages: readonly QueuedMessage[]) =>
  messages.map((message) => (message.kind === "event" ? message.event.id : message.id));
const everybody = ["1a", "1b", "2a", "2b", "3a", "3b"];

describe("an event that stands for many", () => {
  it("becomes an event for each person that has changed, and the next one asks from there", async () => {
    const { sent, asked, work, ledger } = open();
    expect(await work(changed("first"))).toMatchObject({
      state: "done",
      outcome: { kind: "already-done", reason: "expanded" },
    });
    expect(idsOf(sent)).toEqual(everybody);
    expect(sent[0]).toMatchObject({ source: "hr", reception: { proof: "hmac-sha256" } });
    expect(asked).toEqual([undefined, "1", "2"]);
    expect(await ledger.cursor("hr")).toBe("3");
    await work(changed("second"));
    expect(asked).toEqual([undefined, "1", "2", "3"]);
    expect(sent).toHaveLength(6);
  });

  it("has received what the list shows when it was read, however late that is", async () => {
    const { sent, work, clock } = open();
    clock.pass(3600);
    await work(changed("first"));
    expect(sent[0]?.reception.receivedAt).toBe(new Date(day + 3_600_000).toISOString());
  });

  it("leaves every other event to what it says itself", async () => {
    const { work, sent } = open();
    const [person] = peopleOf(1);
    const message = { ...changed("x"), event: person as SourceEvent };
    expect(await work(message)).toMatchObject({ outcome: { kind: "already-done", reason: "nothing-to-do" } });
    expect(sent).toEqual([]);
  });

  it("goes on from the last page that was queued, when the source refuses for a while", async () => {
    const { work, sent, asked, setDown, parked, clock, ledger } = open();
    await ledger.moveCursor("hr", "1");
    setDown(true);
    expect(await work(changed("first"))).toMatchObject({ state: "waiting", reason: "source-refused" });
    expect(await parkedList(parked, "waiting", 10)).toHaveLength(1);
    setDown(false);
    clock.pass(60);
    expect(
      await work({ ...changed("first"), parkedAs: { kind: "waiting", ledgerId: "first" } }),
    ).toMatchObject({ state: "done" });
    expect(idsOf(sent)).toEqual(everybody.slice(2));
    expect(asked).toEqual(["1", "1", "2"]);
    expect(await parkedList(parked, "waiting", 10)).toEqual([]);
  });

  it("waits after a thousand pages, for whatever else there is to do, and goes on from there", async () => {
    const { work, sent, clock, ledger } = open(1_001);
    expect(await work(changed("first"))).toMatchObject({ state: "waiting", reason: "source-list-too-long" });
    expect(sent).toHaveLength(2_000);
    clock.pass(60);
    const again = { ...changed("first"), parkedAs: { kind: "waiting", ledgerId: "first" } } as const;
    expect(await work(again)).toMatchObject({ state: "done" });
    expect(sent).toHaveLength(2_002);
    expect(await ledger.cursor("hr")).toBe("1001");
  });

  it("loses no person, whichever step is the last: a page is queued before the cursor moves", async () => {
    const undisturbed = open();
    await undisturbed.work(changed("first"));
    const { steps } = undisturbed.mortals;
    for (let deathAt = 1; deathAt <= steps; deathAt += 1) {
      const { work, sent, mortals, ledger, asked } = open();
      mortals.endAt(deathAt);
      for (let tries = 0; tries < 5; tries += 1) if ((await work(changed("first")))?.state === "done") break;
      expect(mortals.deaths).toBe(1);
      const ids = idsOf(sent);
      expect([...new Set(ids)], `killed at step ${deathAt}`).toEqual(everybody);
      // At most the page that was being queued comes twice; events are known by their ids.
      expect(ids.length).toBeLessThanOrEqual(everybody.length + 2);
      expect(asked.length).toBeLessThanOrEqual(5);
      expect(await ledger.cursor("hr")).toBe("3");
      expect(await ledger.event({ source: "hr", id: "first" })).toMatchObject({
        outcome: { reason: "expanded" },
      });
    }
    expect(steps).toBeGreaterThan(15);
  });
});

it("a record of Kombo's list counts as of the moment at which it was read: what it shows may be newer than the announcement", async () => {
  const readAt = day + 3_600_000;
  const employee = { id: "1", employment_status: "INACTIVE" };
  const answer = {
    status: 200,
    headers: {},
    json: { status: "success", data: { next: null, results: [employee] } },
  };
  const page = await kombo.fetch?.changedSince?.(
    {
      id: "1",
      subject: "integration none",
      type: "data-changed",
      occurredAt: new Date(day).toISOString(),
      payload: {},
    },
    {
      secret: { webhookSecret: "invented", apiKey: "invented", integrationId: "invented" },
      now: () => readAt,
      request: async () => answer,
      token: async () => "",
      forgetToken() {},
    },
    undefined,
  );
  expect(page?.events).toMatchObject([{ subject: "1", occurredAt: new Date(readAt).toISOString() }]);
});
