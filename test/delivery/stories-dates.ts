import { expect } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { create, leave, outcomesOf, update, type Story } from "./story.ts";
import { told, type Message, type World } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Days that lie ahead: a departure that is announced, moved and withdrawn, and one that stands.

const zone = 8 * 3_600_000;
/** A moment of March 2026 in Shanghai, in milliseconds since 1970. */
const march = (day: number, hour = 0, minute = 0) => Date.UTC(2026, 2, day, hour, minute) - zone;

/** It is said when it is received. */
function toldAt(
  id: string,
  subject: string,
  at: number,
  change: Parameters<typeof told>[4][number],
): Message {
  const message = told("hr", id, subject, 0, [change]);
  const time = new Date(at).toISOString();
  return {
    ...message,
    event: { ...message.event, occurredAt: time },
    reception: { receivedAt: time, proof: "hmac-sha256" },
  };
}

const until = (externalId: string, lastDay: string) => ({ ...leave(externalId), lastDay }) as const;

async function waitUntil(world: World, at: number): Promise<void> {
  await world.deliverWaiting(at);
}

function lastDay(): Story {
  const events = [
    toldAt("announced-1", "1", march(2, 10), until("1", "2026-03-30")),
    toldAt("announced-2", "2", march(2, 10), until("2", "2026-03-30")),
    toldAt("moved-1", "1", march(10, 9), until("1", "2026-03-20")),
    toldAt("withdrawn-1", "1", march(15, 9), update("1", { city: "杭州" })),
  ].map((message) => {
    const payload = message.event.payload as { changes: object[] };
    if (message.event.id !== "withdrawn-1") return message;
    const changes = payload.changes.map((change) => ({ ...change, departure: "none" }));
    return { ...message, event: { ...message.event, payload: { changes } } };
  });
  const isOpen = (world: World, ...ids: string[]) => {
    for (const id of ids) expect(world.statuses()[id], id).toBe("Activated");
  };
  return {
    name: "a departure that is announced, moved and withdrawn, and one that stands until its last day has ended",
    options: { people: "own", direct: true },
    async prepare(world) {
      await world.deliver(["1", "2"].map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
    },
    async play(world) {
      await world.deliver(events.slice(0, 2));
      const [waiting] = await parkedList(world.parked, "waiting", 10);
      // `explain` says so all along.
      if (world.lives.deaths === 0)
        expect(waiting).toMatchObject({ reason: "date-ahead", dueAt: new Date(march(31)).toISOString() });
      await waitUntil(world, march(10, 9));
      await world.deliver(events.slice(2, 3));
      await waitUntil(world, march(15, 9));
      isOpen(world, "1", "2");
      await world.deliver(events.slice(3));
      await waitUntil(world, march(21, 0, 10));
      isOpen(world, "1", "2");
      await waitUntil(world, march(30, 23, 59));
      isOpen(world, "1", "2");
      await waitUntil(world, march(31, 1));
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Activated", 2: "Resigned" });
      const record = await world.recordOf("hr", "announced-2");
      const at = Date.parse(record?.settledAt ?? "");
      expect(at).toBeGreaterThanOrEqual(march(31));
      expect(at).toBeLessThan(march(31, 1));
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "superseded" },
        { kind: "accepted" },
        { kind: "superseded", by: "hr/withdrawn-1" },
        { kind: "accepted" },
      ]);
      const left = world.pool.requests.filter(({ operation }) => operation === "resign-user-batch");
      if (world.lives.deaths === 0) expect(left).toHaveLength(1);
    },
    events,
  };
}

function firstDay(): Story {
  const joiner = (externalId: string) => ({ ...create(externalId), firstDay: "2026-03-09" }) as Change;
  const events = [
    toldAt("signed", "1", march(2, 10), joiner("1")),
    toldAt("called-off", "1", march(5, 10), leave("1")),
  ];
  return {
    name: "a joiner with a first day, and one who is called off before it",
    options: { people: "own", direct: true },
    async play(world) {
      await world.deliver([events[0] as Message, toldAt("signed-2", "2", march(2, 10), joiner("2"))]);
      await waitUntil(world, march(5, 10));
      await world.deliver(events.slice(1));
      await waitUntil(world, march(8, 23, 59));
      expect(world.statuses()).toEqual({});
      await waitUntil(world, march(9, 1));
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 2: "Activated" });
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "superseded", by: "hr/called-off" },
        { kind: "already-done", reason: "user-unknown" },
      ]);
    },
    events,
  };
}

/** Small enough to be killed at every step. */
export const storiesOfDates: readonly Story[] = [lastDay(), firstDay()];
