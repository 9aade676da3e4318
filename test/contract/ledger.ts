import { beforeEach, describe, expect, it } from "vitest";
import type { EventKey, EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { peopleOf } from "./ledger-people.ts";
import { recordAt, type MakeLedger } from "./ledger-records.ts";
import { sourcesOf, subjectsOf } from "./ledger-subjects.ts";

/** The contract of every ledger. */
export function ledgerSuite(name: string, make: MakeLedger): void {
  describe(`the ledger ${name}`, () => {
    let time = 0;
    let ledger: Ledger;
    beforeEach(async () => {
      time = Date.UTC(2026, 2, 1);
      ledger = await make(() => time);
    });
    const pass = (seconds: number) => {
      time += seconds * 1000;
    };
    const recordOf = (changed: Partial<EventRecord> = {}) => recordAt(time, changed);

    subjectsOf(make);
    sourcesOf(make);
    peopleOf(make);

    const key = { source: "bamboohr", id: "e-1" };
    const one = { owner: "one", leaseSeconds: 60 };
    const other = { owner: "other", leaseSeconds: 60 };
    const day = 86_400;

    describe("claims", () => {
      it("gives an event to the first worker that claims it", async () => {
        expect(await ledger.claim(key, one)).toEqual({ state: "claimed", attempts: 1 });
      });

      it("refuses other workers while the lease runs", async () => {
        await ledger.claim(key, one);
        pass(59);
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("lets the owner claim again, which extends the lease", async () => {
        await ledger.claim(key, one);
        pass(59);
        expect(await ledger.claim(key, one)).toEqual({ state: "claimed", attempts: 2 });
        pass(59);
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("lets another worker claim the event once the lease has ended", async () => {
        await ledger.claim(key, one);
        pass(60);
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 2 });
        expect(await ledger.claim(key, one)).toEqual({ state: "busy" });
      });

      it("gives an event to exactly one of many workers that claim it at once", async () => {
        const owners = Array.from({ length: 8 }, (_, index) => ({ owner: `o-${index}`, leaseSeconds: 60 }));
        const claims = await Promise.all(owners.map((owner) => ledger.claim(key, owner)));
        expect(claims.filter(({ state }) => state === "claimed")).toHaveLength(1);
        expect(claims.filter(({ state }) => state === "busy")).toHaveLength(7);
      });

      it("tells events of different sources apart, and ids that look alike", async () => {
        const half = "\uD83D";
        const alike = [
          key,
          { source: "clerk", id: "e-1" },
          { source: "bamboohr", id: "e-1 " },
          { source: "bamboohr", id: "E-1" },
          { source: "bamboohr", id: "" },
          { source: "bamboohr", id: "昇𠮷#é" },
          { source: "bamboohr", id: half },
          { source: "bamboohr", id: "\uD83E" },
          { source: "bamboohr", id: "x".repeat(4000) },
          { source: "bamboohr", id: `${"x".repeat(4000)}y` },
        ];
        for (const each of alike) {
          expect(await ledger.claim(each, one)).toEqual({ state: "claimed", attempts: 1 });
        }
      });
    });

    describe("release", () => {
      it("makes the event free at once and keeps its count of attempts", async () => {
        await ledger.claim(key, one);
        await ledger.release(key, "one");
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 2 });
      });

      it("does nothing for another worker's claim", async () => {
        await ledger.claim(key, one);
        await ledger.release(key, "other");
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("does nothing for an event that has an outcome or is unknown", async () => {
        await ledger.release(key, "one");
        await ledger.claim(key, one);
        await ledger.settle([recordOf()], day);
        await ledger.release(key, "one");
        expect(await ledger.claim(key, one)).toMatchObject({ state: "settled" });
      });
    });

    describe("the lock of a person", () => {
      const next = { source: "okta", id: "e-2" };
      beforeEach(async () => {
        await ledger.claim(key, one);
        await ledger.claim(next, other);
      });

      it("is one event's, which may lock the person again", async () => {
        expect(await ledger.lockPerson("10010", key, 60)).toEqual([]);
        expect(await ledger.lockPerson("10010", next, 60)).toBe(false);
        expect(await ledger.lockPerson("10010", key, 60)).toEqual([]);
        expect(await ledger.lockPerson("10011", next, 60)).toEqual([]);
      });

      it("is one event's of many that lock the person at once", async () => {
        const keys = Array.from({ length: 8 }, (_, index) => ({ source: "okta", id: `m-${index}` }));
        for (const each of keys) await ledger.claim(each, one);
        const locked = await Promise.all(keys.map((each) => ledger.lockPerson("10010", each, 60)));
        expect(locked.filter(Boolean)).toHaveLength(1);
      });

      it("ends when the outcome of its event is recorded", async () => {
        await ledger.lockPerson("10010", key, 60);
        await ledger.settle([recordOf()], day);
        expect(await ledger.lockPerson("10010", next, 60)).toEqual([]);
      });

      it("ends when the claim of its event is released", async () => {
        await ledger.lockPerson("10010", key, 60);
        await ledger.release(key, "one");
        expect(await ledger.lockPerson("10010", next, 60)).toEqual([]);
      });

      it("ends with the lease of its event, and after its own time", async () => {
        await ledger.lockPerson("10010", key, 90);
        pass(59);
        expect(await ledger.lockPerson("10010", next, 60)).toBe(false);
        pass(1);
        await ledger.claim(next, other);
        expect(await ledger.lockPerson("10010", next, 30)).toEqual([]);
        await ledger.claim(key, one);
        pass(29);
        expect(await ledger.lockPerson("10010", key, 60)).toBe(false);
        pass(1);
        expect(await ledger.lockPerson("10010", key, 60)).toEqual([]);
      });

      it("keeps what was begun for the person: each once, as it was begun first, and the newest four", async () => {
        const begun = (event: EventKey, at: string, email = "d1") => ({ ...event, at, digests: { email } });
        const first = begun(key, "2026-03-01T00:00:00.000Z");
        expect(await ledger.lockPerson("10010", key, 60, first)).toEqual([]);
        await ledger.release(key, "one");
        expect(await ledger.lockPerson("10010", next, 60)).toEqual([first]);
        await ledger.release(next, "other");
        await ledger.lockPerson("10010", key, 60, begun(key, "2026-03-01T00:05:00.000Z"));
        expect(await ledger.lockPerson("10010", key, 60)).toEqual([first]);
        const more = ["d2", "d3", "d4", "d5"].map((email) => begun(key, "2026-03-01T00:06:00.000Z", email));
        for (const each of more) await ledger.lockPerson("10010", key, 60, each);
        expect(await ledger.lockPerson("10010", key, 60)).toEqual(more);
      });

      it("keeps apart what two events have begun with the same identifiers", async () => {
        const others = [key, { ...key, source: "okta" }, { ...key, id: "e-2" }];
        const begun = others.map((event) => ({ ...event, at: "2026-03-01", digests: { email: "d1" } }));
        for (const each of begun) await ledger.lockPerson("10010", key, 60, each);
        expect(await ledger.lockPerson("10010", key, 60)).toEqual(begun);
      });

      it("is found under ids that look strange", async () => {
        const strange = { source: "bamboohr", id: `昇𠮷#é${"x".repeat(4000)}\uD83D` };
        await ledger.claim(strange, one);
        for (const id of ["", "hr/工号#1", "\uD83E", "y".repeat(4000)]) {
          expect(await ledger.lockPerson(id, strange, 60)).toEqual([]);
          expect(await ledger.lockPerson(id, next, 60)).toBe(false);
        }
      });
    });

    describe("outcomes", () => {
      it("are returned complete to a worker that claims the event later", async () => {
        const record = recordOf();
        await ledger.claim(key, one);
        await ledger.settle([record], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record });
        expect(await ledger.claim(key, other)).toEqual({ state: "settled", record });
      });

      it("need no claim", async () => {
        const rows = Array.from({ length: 30 }, (_, index) =>
          recordOf({ source: "uploads", id: `import-1/${index}` }),
        );
        await ledger.settle(rows, day);
        for (const record of rows) {
          expect(await ledger.claim(record, one)).toEqual({ state: "settled", record });
        }
      });

      it("never change once they are recorded", async () => {
        await ledger.settle([recordOf()], day);
        await ledger.settle([recordOf({ outcome: { kind: "rejected", reason: "conflict" } })], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record: recordOf() });
      });

      it("never change within one call either: the first of an event counts", async () => {
        await ledger.settle([recordOf(), recordOf({ outcome: { kind: "dead", reason: "late" } })], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record: recordOf() });
      });

      it("expire after their time, and the event starts anew", async () => {
        await ledger.claim(key, one);
        await ledger.settle([recordOf()], day);
        pass(day - 1);
        expect(await ledger.claim(key, other)).toMatchObject({ state: "settled" });
        pass(1);
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 1 });
      });

      it("replace an expired outcome", async () => {
        await ledger.settle([recordOf()], day);
        pass(day);
        const record = recordOf({ outcome: { kind: "already-done", by: "bamboohr/e-0" } });
        await ledger.settle([record], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record });
      });

      it("may be an empty list", async () => {
        await expect(ledger.settle([], day)).resolves.toBeUndefined();
      });
    });

    describe("one event", () => {
      it("is found by its source and id once its outcome is recorded", async () => {
        expect(await ledger.event(key)).toBeUndefined();
        await ledger.claim(key, one);
        expect(await ledger.event(key)).toBeUndefined();
        const record = recordOf();
        await ledger.settle([record], day);
        expect(await ledger.event(key)).toEqual(record);
        expect(await ledger.event({ source: "clerk", id: "e-1" })).toBeUndefined();
      });

      it("is not found any more after its outcome has expired", async () => {
        await ledger.settle([recordOf()], day);
        pass(day);
        expect(await ledger.event(key)).toBeUndefined();
      });
    });

    describe("departures", () => {
      it("are counted once each, by their source, as long as they are recent", async () => {
        const count = (source: string, id: string) => ledger.countDeparture({ source, id }, 3600);
        expect(await count("bamboohr", "e-1")).toBe(1);
        expect(await count("bamboohr", "e-2")).toBe(2);
        expect(await count("bamboohr", "e-1")).toBe(1);
        expect(await count("bamboohr", "e-2")).toBe(2);
        expect(await count("clerk", "e-1")).toBe(1);
        pass(2 * 3600);
        expect(await count("bamboohr", "e-3")).toBe(1);
      });

      it("are named, the first 50 of an hour, of one source", async () => {
        for (let index = 0; index < 60; index += 1) {
          await ledger.countDeparture({ source: "bamboohr", id: `e-${index}` }, 3600);
        }
        await ledger.countDeparture({ source: "clerk", id: "e-99" }, 3600);
        const at = (seconds: number) => new Date(time + seconds * 1000).toISOString();
        const first = await ledger.firstDepartures("bamboohr", at(1));
        expect(first.toSorted()).toEqual(Array.from({ length: 50 }, (_, index) => `e-${index}`).toSorted());
        expect(await ledger.firstDepartures("clerk", at(1800))).toEqual(["e-99"]);
        expect(await ledger.firstDepartures("okta", at(1))).toEqual([]);
        expect(await ledger.firstDepartures("bamboohr", at(-7200))).toEqual([]);
        expect(await ledger.firstDepartures("bamboohr", at(3 * 3600))).toEqual([]);
      });

      it("at the same moment are counted one after the other", async () => {
        const ids = Array.from({ length: 8 }, (_, index) => `e-${index}`);
        const counts = ids.map((id) => ledger.countDeparture({ source: "bamboohr", id }, 3600));
        expect((await Promise.all(counts)).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      });
    });

    describe("the chunks of an import", () => {
      const imported = { source: "uploads", id: "people.csv-1" };

      it("are counted once each, however often they are reported, and separately for each import", async () => {
        expect(await ledger.finishedChunks(imported)).toEqual(new Set());
        expect(await ledger.finishChunk(imported, 3, day)).toEqual(new Set([3]));
        expect(await ledger.finishChunk(imported, 0, day)).toEqual(new Set([3, 0]));
        expect(await ledger.finishChunk(imported, 3, day)).toEqual(new Set([3, 0]));
        expect(await ledger.finishedChunks(imported)).toEqual(new Set([3, 0]));
        expect(await ledger.finishedChunks({ ...imported, id: "people.csv-2" })).toEqual(new Set());
      });

      it("are known to be all done to at least one of the invocations that end at the same time", async () => {
        const numbers = Array.from({ length: 20 }, (_, index) => index);
        const seen = await Promise.all(numbers.map((chunk) => ledger.finishChunk(imported, chunk, day)));
        expect(seen.filter(({ size }) => size === numbers.length).length).toBeGreaterThan(0);
        expect(await ledger.finishedChunks(imported)).toEqual(new Set(numbers));
      });

      it("expire after their time, and the import itself does not change", async () => {
        await ledger.finishChunk(imported, 0, day);
        expect(await ledger.claim(imported, one)).toEqual({ state: "claimed", attempts: 1 });
        expect(await ledger.finishedChunks(imported)).toEqual(new Set([0]));
        pass(day);
        expect(await ledger.finishedChunks(imported)).toEqual(new Set());
      });
    });

    describe("an event that an operator may still change", () => {
      it("can be opened again, once; an event that is final cannot", async () => {
        for (const [kind, opens] of [
          ["dead", true],
          ["held", true],
          ["rejected", true],
          ["accepted", false],
          ["already-done", false],
          ["superseded", false],
        ] as const) {
          const record = recordOf({ id: `e-${kind}`, outcome: { kind } });
          await ledger.claim(record, { owner: "a", leaseSeconds: 60 });
          await ledger.settle([record], day);
          expect(await ledger.reopen(record), kind).toBe(opens);
          expect((await ledger.claim(record, { owner: "b", leaseSeconds: 60 })).state).toBe(
            opens ? "claimed" : "settled",
          );
          expect(await ledger.reopen(record)).toBe(false);
        }
      });

      it("is not found until its outcome is recorded again, and keeps its count of attempts", async () => {
        const record = recordOf({ outcome: { kind: "rejected", reason: "conflict" } });
        await ledger.claim(key, one);
        await ledger.settle([record], day);
        await ledger.reopen(key);
        expect(await ledger.event(key)).toBeUndefined();
        expect(await ledger.events("10010", 10)).toEqual([]);
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 2 });
        pass(1);
        const accepted = recordOf();
        await ledger.settle([accepted], day);
        expect(await ledger.events("10010", 10)).toEqual([accepted]);
      });
    });
  });
}
