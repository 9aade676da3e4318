import { beforeEach, describe, expect, it } from "vitest";
import type { Recent, RecentEvent } from "#lib/contract/recent.ts";

/** What happens in a test, in the order of time. */
export type Happening =
  | { readonly kind: "event"; readonly event: RecentEvent }
  /** A row of a file was decided, and a file. */
  | { readonly kind: "row"; readonly at: string; readonly import: string }
  | { readonly kind: "file"; readonly event: RecentEvent }
  | { readonly kind: "delivery"; readonly at: string; readonly source: string; readonly isPing?: true };

/** Where it is remembered. */
export interface RecentPlace {
  readonly recent: Recent;
  happens(happening: Happening): Promise<void>;
}

/** The contract of what happened of late, wherever it is remembered. `make` gives a place where nothing has happened. */
export function recentSuite(title: string, make: () => Promise<RecentPlace>): void {
  const minute = 60_000;

  describe(`what has happened of late ${title}`, () => {
    let place: RecentPlace;
    const now = Math.floor(Date.now() / 1000) * 1000;
    beforeEach(async () => {
      place = await make();
    });
    const at = (minutesAgo: number) => new Date(now - minutesAgo * minute).toISOString();
    const eventOf = (minutesAgo: number, id: string, more: Partial<RecentEvent> = {}): RecentEvent => ({
      at: at(minutesAgo),
      source: "okta",
      id,
      outcome: "accepted",
      milliseconds: 40,
      ...more,
    });
    const waitingOf = (minutesAgo: number, id: string): RecentEvent => ({
      at: at(minutesAgo),
      source: "okta",
      id,
      outcome: "waiting",
      reason: "date-ahead",
      dueAt: at(-600),
    });
    const happen = async (...events: readonly RecentEvent[]) => {
      for (const event of events) await place.happens({ kind: "event", event });
    };
    const list = async (minutesAgo: number, more: { source?: string; limit?: number } = {}) => {
      const { limit = 100, ...of } = more;
      return place.recent.list({ since: now - minutesAgo * minute, limit, deadline: Infinity, ...of });
    };
    /** Whether the person is known already depends on the place. */
    const told = (events: readonly RecentEvent[]) =>
      events.map(({ type: _type, subject: _subject, externalId: _externalId, ...event }) => event);

    it("is nothing at first", async () => {
      expect(await list(60)).toEqual({ events: [], deliveries: [], isComplete: true });
    });

    it("is every outcome, and what is not decided yet, the newest last", async () => {
      const events = [
        eventOf(50, "e-1"),
        eventOf(40, "e-2", { outcome: "rejected", reason: "conflict", field: "email" }),
        eventOf(30, "e-3", { outcome: "superseded" }),
        eventOf(29, "e-4", { outcome: "already-done", milliseconds: 0 }),
        eventOf(28, "e-5", { outcome: "held", reason: "mass-departure" }),
        eventOf(27, "e-6", { outcome: "dead", reason: "translation-failed" }),
        waitingOf(5, "e-7"),
        { at: at(4), source: "okta", id: "e-8", outcome: "retried" as const, reason: "event-busy" },
        eventOf(3, "9", { source: "clerk" }),
      ];
      await happen(...events);
      const listed = await list(60);
      expect(told(listed.events)).toEqual(events);
      expect(listed.isComplete).toBe(true);
    });

    it("begins with the moment that is asked for, and is of one source where one is named", async () => {
      await happen(
        eventOf(30, "e-1"),
        eventOf(20, "c-1", { source: "clerk" }),
        waitingOf(15, "e-2"),
        eventOf(10, "e-3"),
      );
      const ids = async (...asked: Parameters<typeof list>) =>
        (await list(...asked)).events.map(({ id }) => id);
      expect(await ids(20)).toEqual(["c-1", "e-2", "e-3"]);
      expect(await ids(19.99)).toEqual(["e-2", "e-3"]);
      expect(await ids(60, { source: "okta" })).toEqual(["e-1", "e-2", "e-3"]);
      expect(await ids(60, { source: "clerk" })).toEqual(["c-1"]);
      expect(await ids(60, { source: 'okta" || $.x = "' })).toEqual([]);
    });

    it("is the newest where there is more than was asked for, and says so", async () => {
      await happen(...Array.from({ length: 12 }, (_, index) => eventOf(30 - index, `e-${index}`)));
      const some = await list(60, { limit: 5 });
      expect(some.events.map(({ id }) => id)).toEqual(["e-7", "e-8", "e-9", "e-10", "e-11"]);
      expect(some.isComplete).toBe(false);
      expect(await list(60, { limit: 12 })).toMatchObject({ events: { length: 12 }, isComplete: true });
    });

    it("is a file as a whole, never its rows", async () => {
      const whole = eventOf(3, "people.csv-0123456789ab", { source: "uploads" });
      const refused = {
        ...whole,
        id: "b.csv-0123456789ab",
        at: at(2),
        outcome: "rejected" as const,
        reason: "file-empty",
      };
      for (const minutesAgo of [6, 5]) {
        await place.happens({ kind: "row", at: at(minutesAgo), import: whole.id });
      }
      await place.happens({ kind: "file", event: whole });
      await place.happens({ kind: "file", event: refused });
      for (const of of [{}, { source: "uploads" }]) {
        const { events } = await list(60, of);
        expect(events).toMatchObject([
          { id: whole.id, source: "uploads", type: "import", outcome: "accepted" },
          { id: refused.id, outcome: "rejected", reason: "file-empty" },
        ]);
        expect(events).toHaveLength(2);
      }
    });

    it("counts the deliveries of each source, and no ping of ours", async () => {
      const deliveries = [
        [50, "okta"],
        [30, "okta"],
        [20, "clerk"],
        [10, "okta"],
      ] as const;
      for (const [minutesAgo, source] of deliveries)
        await place.happens({ kind: "delivery", at: at(minutesAgo), source });
      await place.happens({ kind: "delivery", at: at(1), source: "clerk", isPing: true });
      const counted = async (...asked: Parameters<typeof list>) =>
        (await list(...asked)).deliveries.toSorted((one, other) => (one.source < other.source ? -1 : 1));
      expect(await counted(40)).toEqual([
        { source: "clerk", accepted: 1, lastAt: at(20) },
        { source: "okta", accepted: 2, lastAt: at(10) },
      ]);
      expect(await counted(60, { source: "okta" })).toEqual([
        { source: "okta", accepted: 3, lastAt: at(10) },
      ]);
      expect(await counted(5)).toEqual([]);
    });

    it("keeps ids of every character", async () => {
      const events = [eventOf(2, '工号/10010 " \\ %'), eventOf(1, "half \uD83D")];
      await happen(...events);
      expect(told((await list(5)).events)).toEqual(events);
    });
  });
}
