import { beforeEach, describe, expect, it } from "vitest";
import type { EventRecord, Ledger, SubjectRecord } from "#lib/contract/ledger.ts";

/**
 * What every ledger promises. `make` gives an empty one that reads the time from `now` (milliseconds since 1970), which
 * the suite moves as it likes.
 */
export function ledgerSuite(name: string, make: (now: () => number) => Ledger | Promise<Ledger>): void {
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

    const key = { source: "bamboohr", id: "e-1" };
    const one = { owner: "one", leaseSeconds: 60 };
    const other = { owner: "other", leaseSeconds: 60 };
    const day = 86_400;

    function recordOf(changed: Partial<EventRecord> = {}): EventRecord {
      return {
        ...key,
        type: "employee.created",
        subject: "工号-10010",
        externalId: "10010",
        occurredAt: "2026-03-01T00:00:00.000Z",
        receivedAt: "2026-03-01T00:00:01.000Z",
        settledAt: new Date(time).toISOString(),
        proof: "hmac-sha256",
        changes: ["create"],
        trail: { externalId: "employees[0].fields.Employee # · text" },
        dropped: [{ path: "employees[0].fields.Mobile Phone", problem: "phone-invalid" }],
        outcome: { kind: "accepted", requestId: "r-1", userId: "u-1", statusCode: 200 },
        ...changed,
      };
    }

    function subjectOf(changed: Partial<SubjectRecord> = {}): SubjectRecord {
      return {
        source: "bamboohr",
        subject: "10010",
        externalId: "10010",
        userId: "u-1",
        appliedAt: "2026-03-01T00:00:00.000Z",
        appliedBy: "e-1",
        left: false,
        ...changed,
      };
    }

    describe("claims", () => {
      it("gives an event to the first who asks", async () => {
        expect(await ledger.claim(key, one)).toEqual({ state: "claimed", attempts: 1 });
      });

      it("keeps others away while the lease runs", async () => {
        await ledger.claim(key, one);
        pass(59);
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("lets the owner claim again, which prolongs the lease", async () => {
        await ledger.claim(key, one);
        pass(59);
        expect(await ledger.claim(key, one)).toEqual({ state: "claimed", attempts: 2 });
        pass(59);
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("lets another take over once the lease has ended", async () => {
        await ledger.claim(key, one);
        pass(60);
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 2 });
        expect(await ledger.claim(key, one)).toEqual({ state: "busy" });
      });

      it("gives an event to exactly one of many who ask at once", async () => {
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
      it("gives the event back at once and keeps counting", async () => {
        await ledger.claim(key, one);
        await ledger.release(key, "one");
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 2 });
      });

      it("does nothing for somebody else's claim", async () => {
        await ledger.claim(key, one);
        await ledger.release(key, "other");
        expect(await ledger.claim(key, other)).toEqual({ state: "busy" });
      });

      it("does nothing for an event that is settled or unknown", async () => {
        await ledger.release(key, "one");
        await ledger.claim(key, one);
        await ledger.settle([recordOf()], day);
        await ledger.release(key, "one");
        expect(await ledger.claim(key, one)).toMatchObject({ state: "settled" });
      });
    });

    describe("outcomes", () => {
      it("come back whole to whoever claims the event later", async () => {
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

      it("stay as they were first", async () => {
        await ledger.settle([recordOf()], day);
        await ledger.settle([recordOf({ outcome: { kind: "rejected", reason: "conflict" } })], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record: recordOf() });
      });

      it("stay as they were first within one call", async () => {
        await ledger.settle([recordOf(), recordOf({ outcome: { kind: "dead", reason: "late" } })], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record: recordOf() });
      });

      it("are forgotten after their time, and the event starts anew", async () => {
        await ledger.claim(key, one);
        await ledger.settle([recordOf()], day);
        pass(day - 1);
        expect(await ledger.claim(key, other)).toMatchObject({ state: "settled" });
        pass(1);
        expect(await ledger.claim(key, other)).toEqual({ state: "claimed", attempts: 1 });
      });

      it("take the place of what is forgotten", async () => {
        await ledger.settle([recordOf()], day);
        pass(day);
        const record = recordOf({ outcome: { kind: "already-done", by: "bamboohr/e-0" } });
        await ledger.settle([record], day);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record });
      });

      it("may be none", async () => {
        await expect(ledger.settle([], day)).resolves.toBeUndefined();
      });
    });

    describe("one event", () => {
      it("is found by its source and id once it is settled", async () => {
        expect(await ledger.event(key)).toBeUndefined();
        await ledger.claim(key, one);
        expect(await ledger.event(key)).toBeUndefined();
        const record = recordOf();
        await ledger.settle([record], day);
        expect(await ledger.event(key)).toEqual(record);
        expect(await ledger.event({ source: "clerk", id: "e-1" })).toBeUndefined();
      });

      it("is forgotten when its time is over", async () => {
        await ledger.settle([recordOf()], day);
        pass(day);
        expect(await ledger.event(key)).toBeUndefined();
      });
    });

    describe("a source's person", () => {
      it("is unknown at first", async () => {
        expect(await ledger.subject("bamboohr", "10010")).toBeUndefined();
      });

      it("is remembered, each source's own", async () => {
        await ledger.recordSubject(subjectOf());
        expect(await ledger.subject("bamboohr", "10010")).toEqual(subjectOf());
        expect(await ledger.subject("clerk", "10010")).toBeUndefined();
        expect(await ledger.subject("bamboohr", "1001")).toBeUndefined();
      });

      it("moves on with something newer, and with something of the same time", async () => {
        await ledger.recordSubject(subjectOf());
        const same = subjectOf({ appliedBy: "e-2" });
        await ledger.recordSubject(same);
        expect(await ledger.subject("bamboohr", "10010")).toEqual(same);
        const newer = subjectOf({ appliedAt: "2026-03-01T00:00:00.001Z", appliedBy: "e-3", left: true });
        await ledger.recordSubject(newer);
        expect(await ledger.subject("bamboohr", "10010")).toEqual(newer);
      });

      it("does not go back to something older", async () => {
        await ledger.recordSubject(subjectOf());
        await ledger.recordSubject(
          subjectOf({ appliedAt: "2026-02-28T23:59:59.999Z", appliedBy: "e-0", left: true }),
        );
        expect(await ledger.subject("bamboohr", "10010")).toEqual(subjectOf());
      });

      it("keeps what a newer event does not say", async () => {
        await ledger.recordSubject(subjectOf());
        const newer = { appliedAt: "2026-03-02T00:00:00.000Z", left: true };
        const { externalId: _, userId: __, ...silent } = subjectOf(newer);
        await ledger.recordSubject(silent);
        const { left: ___, ...saysNothing } = { ...silent, appliedAt: "2026-03-03T00:00:00.000Z" };
        await ledger.recordSubject(saysNothing);
        expect(await ledger.subject("bamboohr", "10010")).toEqual({
          ...subjectOf(),
          ...saysNothing,
          left: true,
        });
        await ledger.recordSubject({ ...saysNothing, subject: "10011" });
        expect(await ledger.subject("bamboohr", "10011")).toEqual({ ...saysNothing, subject: "10011" });
      });

      it("ends at the newest event when many come at once", async () => {
        const records = [3, 1, 5, 2, 4].map((day) =>
          subjectOf({ appliedAt: `2026-03-0${day}T00:00:00.000Z`, appliedBy: `e-${day}` }),
        );
        await Promise.all(records.map((record) => ledger.recordSubject(record)));
        expect(await ledger.subject("bamboohr", "10010")).toMatchObject({ appliedBy: "e-5" });
      });
    });

    describe("people", () => {
      it("are unknown at first", async () => {
        expect(await ledger.person("10010")).toBeUndefined();
      });

      it("are remembered", async () => {
        const people = ["10010", "10011", "工号-#1", ""].map((externalId) => ({
          externalId,
          userId: `u-${externalId}`,
          createdBy: "bamboohr/e-1",
        }));
        await ledger.recordPeople(people);
        for (const person of people) expect(await ledger.person(person.externalId)).toEqual(person);
        expect(await ledger.person("10012")).toBeUndefined();
      });

      it("keep who created them first, and the userId they were given last", async () => {
        await ledger.recordPeople([{ externalId: "10010", createdBy: "bamboohr/e-1" }]);
        expect(await ledger.person("10010")).toEqual({ externalId: "10010", createdBy: "bamboohr/e-1" });
        await ledger.recordPeople([{ externalId: "10010", userId: "u-1", createdBy: "clerk/e-9" }]);
        const known = { externalId: "10010", userId: "u-1", createdBy: "bamboohr/e-1" };
        expect(await ledger.person("10010")).toEqual(known);
        await ledger.recordPeople([{ externalId: "10010", createdBy: "clerk/e-9" }]);
        expect(await ledger.person("10010")).toEqual(known);
        await ledger.recordPeople([{ externalId: "10010", userId: "u-2", createdBy: "clerk/e-9" }]);
        expect(await ledger.person("10010")).toEqual({ ...known, userId: "u-2" });
      });

      it("keep who said that they left, until it says that they are back", async () => {
        const person = { externalId: "10010", userId: "u-1", createdBy: "bamboohr/e-1" };
        await ledger.recordPeople([{ ...person, leftBy: "bamboohr" }]);
        await ledger.recordPeople([person]);
        expect(await ledger.person("10010")).toEqual({ ...person, leftBy: "bamboohr" });
        await ledger.recordPeople([{ ...person, leftBy: "" }]);
        expect(await ledger.person("10010")).toEqual({ ...person, leftBy: "" });
      });

      it("may come twice in one call", async () => {
        await ledger.recordPeople([
          { externalId: "10010", createdBy: "uploads/i/1" },
          { externalId: "10010", userId: "u-1", createdBy: "uploads/i/2" },
        ]);
        expect(await ledger.person("10010")).toEqual({
          externalId: "10010",
          userId: "u-1",
          createdBy: "uploads/i/1",
        });
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

      it("at the same moment are counted one after the other", async () => {
        const ids = Array.from({ length: 8 }, (_, index) => `e-${index}`);
        const counts = ids.map((id) => ledger.countDeparture({ source: "bamboohr", id }, 3600));
        expect((await Promise.all(counts)).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      });
    });

    describe("the people of a source", () => {
      it("are counted once each", async () => {
        expect(await ledger.countSubjects("bamboohr")).toBe(0);
        const person = { source: "bamboohr", appliedBy: "e-1", left: false };
        await ledger.recordSubject({ ...person, subject: "1", appliedAt: "2026-03-01T00:00:00.000Z" });
        await ledger.recordSubject({
          ...person,
          subject: "2",
          appliedAt: "2026-03-01T00:00:00.000Z",
          departments: ["d-1", "d-2"],
        });
        await ledger.recordSubject({ ...person, subject: "1", appliedAt: "2026-03-02T00:00:00.000Z" });
        expect(await ledger.countSubjects("bamboohr")).toBe(2);
        expect(await ledger.countSubjects("clerk")).toBe(0);
        expect(await ledger.subject("bamboohr", "2")).toMatchObject({ departments: ["d-1", "d-2"] });
      });
    });

    describe("the chunks of an import", () => {
      const imported = { source: "uploads", id: "people.csv-1" };

      it("are done once each, however often it is said, and apart from other imports", async () => {
        expect(await ledger.finishedChunks(imported)).toEqual(new Set());
        expect(await ledger.finishChunk(imported, 3, day)).toEqual(new Set([3]));
        expect(await ledger.finishChunk(imported, 0, day)).toEqual(new Set([3, 0]));
        expect(await ledger.finishChunk(imported, 3, day)).toEqual(new Set([3, 0]));
        expect(await ledger.finishedChunks(imported)).toEqual(new Set([3, 0]));
        expect(await ledger.finishedChunks({ ...imported, id: "people.csv-2" })).toEqual(new Set());
      });

      it("are all known to exactly one of those who end at the same time, or more", async () => {
        const numbers = Array.from({ length: 20 }, (_, index) => index);
        const seen = await Promise.all(numbers.map((chunk) => ledger.finishChunk(imported, chunk, day)));
        expect(seen.filter(({ size }) => size === numbers.length).length).toBeGreaterThan(0);
        expect(await ledger.finishedChunks(imported)).toEqual(new Set(numbers));
      });

      it("are forgotten after their time, and leave the import itself alone", async () => {
        await ledger.finishChunk(imported, 0, day);
        expect(await ledger.claim(imported, one)).toEqual({ state: "claimed", attempts: 1 });
        expect(await ledger.finishedChunks(imported)).toEqual(new Set([0]));
        pass(day);
        expect(await ledger.finishedChunks(imported)).toEqual(new Set());
      });
    });

    describe("an event that waits for a person", () => {
      it("can be opened again, once, and one that is over cannot", async () => {
        for (const [kind, opens] of [
          ["dead", true],
          ["held", true],
          ["accepted", false],
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
    });

    describe("the trail of a person", () => {
      it("holds the newest outcomes, oldest first", async () => {
        const records: EventRecord[] = [];
        for (const id of ["c", "a", "d", "b"]) {
          pass(1);
          const record = recordOf({ id });
          records.push(record);
          await ledger.settle([record], day);
          await ledger.settle([recordOf({ id: `${id}-of-another`, externalId: "10011" })], day);
        }
        expect(await ledger.events("10010", 10)).toEqual(records);
        expect(await ledger.events("10010", 2)).toEqual(records.slice(2));
        expect(await ledger.events("10012", 10)).toEqual([]);
      });

      it("has no part in outcomes about nobody we know", async () => {
        const { externalId: _, ...anonymous } = recordOf();
        await ledger.settle([anonymous], day);
        expect(await ledger.events("10010", 10)).toEqual([]);
        expect(await ledger.claim(key, one)).toEqual({ state: "settled", record: anonymous });
      });
    });
  });
}
