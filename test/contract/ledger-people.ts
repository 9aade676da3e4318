import { beforeEach, describe, expect, it } from "vitest";
import type { EventRecord, Ledger, PersonNote } from "#lib/contract/ledger.ts";
import { recordAt, type MakeLedger } from "./ledger-records.ts";

const day = 86_400;

/** What every ledger promises about people at Authing. */
export function peopleOf(make: MakeLedger): void {
  let time = 0;
  let ledger: Ledger;
  beforeEach(async () => {
    time = Date.UTC(2026, 2, 1);
    ledger = await make(() => time);
  });
  const note = (changed: Partial<PersonNote> = {}) =>
    ledger.recordPeople([{ externalId: "10010", createdBy: "bamboohr/e-1", ...changed }]);
  const person = { externalId: "10010", userId: "u-1", createdBy: "bamboohr/e-1" };

  describe("people", () => {
    it("are unknown at first", async () => {
      expect(await ledger.person("10010")).toBeUndefined();
    });

    it("are remembered", async () => {
      const people = ["10010", "10011", "工号-#1", ""].map((externalId) => ({
        externalId,
        userId: `u-${externalId}`,
        createdBy: "bamboohr/e-1",
        owner: "bamboohr",
      }));
      await ledger.recordPeople(people);
      for (const each of people) expect(await ledger.person(each.externalId)).toEqual(each);
      expect(await ledger.person("10012")).toBeUndefined();
    });

    it("are read many at once, in the order of the ids, by today's or an earlier id", async () => {
      const ids = Array.from({ length: 100 }, (_, index) => (index === 7 ? "" : `工号-${index}`));
      const known = ids.slice(0, 50);
      await ledger.recordPeople(known.map((externalId) => ({ externalId, createdBy: "bamboohr/e-1" })));
      await ledger.renamePerson("工号-1", "new");
      const read = await ledger.people(ids);
      expect(read.map((person) => person?.externalId)).toEqual([
        ...known.with(1, "new"),
        ...ids.slice(50).map(() => undefined),
      ]);
      expect(await ledger.people([])).toEqual([]);
      const [one, other] = await ledger.people(["new", "工号-1"]);
      expect(one).toEqual(other);
      expect(one).toEqual(await ledger.person("new"));
    });

    it("keep the first event that created them, and the userId that was recorded last", async () => {
      await note();
      expect(await ledger.person("10010")).toEqual({ externalId: "10010", createdBy: "bamboohr/e-1" });
      await note({ userId: "u-1", createdBy: "clerk/e-9" });
      expect(await ledger.person("10010")).toEqual(person);
      await note({ createdBy: "clerk/e-9" });
      expect(await ledger.person("10010")).toEqual(person);
      await note({ userId: "u-2" });
      expect(await ledger.person("10010")).toEqual({ ...person, userId: "u-2" });
    });

    it("keep their first owner, and get an owner where they had none", async () => {
      await note({ createdBy: "uploads/i/1" });
      expect((await ledger.person("10010"))?.owner).toBeUndefined();
      await note({ owner: "bamboohr" });
      await note({ owner: "clerk" });
      expect(await ledger.person("10010")).toMatchObject({ owner: "bamboohr", createdBy: "uploads/i/1" });
    });

    it("are closed by each source that says so, until the same source says the opposite", async () => {
      const closedBy = async () => (await ledger.person("10010"))?.closedBy;
      await note({ userId: "u-1", closes: { source: "okta", isClosed: true } });
      await note({ closes: { source: "bamboohr", isClosed: true } });
      await note({ closes: { source: "okta", isClosed: true } });
      expect(await closedBy()).toEqual(["bamboohr", "okta"]);
      await note();
      await note({ closes: { source: "clerk", isClosed: false } });
      expect(await closedBy()).toEqual(["bamboohr", "okta"]);
      await note({ closes: { source: "bamboohr", isClosed: false } });
      expect(await closedBy()).toEqual(["okta"]);
      await note({ closes: { source: "okta", isClosed: false } });
      expect(await ledger.person("10010")).toEqual(person);
    });

    it("are closed by all sources that say so at the same time", async () => {
      const sources = ["bamboohr", "clerk", "dingtalk", "okta"];
      await Promise.all(sources.map((source) => note({ closes: { source, isClosed: true } })));
      expect((await ledger.person("10010"))?.closedBy).toEqual(sources);
    });

    it("may occur twice in one call, and the last occurrence counts", async () => {
      await ledger.recordPeople([
        { externalId: "10010", createdBy: "uploads/i/1", closes: { source: "okta", isClosed: true } },
        {
          externalId: "10010",
          userId: "u-1",
          createdBy: "uploads/i/2",
          closes: { source: "okta", isClosed: false },
        },
      ]);
      expect(await ledger.person("10010")).toEqual({ ...person, createdBy: "uploads/i/1" });
    });
  });

  describe("a person whose id changes", () => {
    const whole = { ...person, owner: "bamboohr", closedBy: ["okta"] };
    beforeEach(() => note({ userId: "u-1", owner: "bamboohr", closes: { source: "okta", isClosed: true } }));

    it("is found under both ids, with everything that is known of them", async () => {
      await ledger.renamePerson("10010", "20020");
      const renamed = { ...whole, externalId: "20020", formerly: ["10010"] };
      expect(await ledger.person("20020")).toEqual(renamed);
      expect(await ledger.person("10010")).toEqual(renamed);
    });

    it("is recorded under either id", async () => {
      await ledger.renamePerson("10010", "20020");
      await note({ userId: "u-2", closes: { source: "okta", isClosed: false } });
      await note({ externalId: "20020", closes: { source: "clerk", isClosed: true } });
      const { closedBy: _, ...open } = whole;
      expect(await ledger.person("20020")).toEqual({
        ...open,
        externalId: "20020",
        userId: "u-2",
        closedBy: ["clerk"],
        formerly: ["10010"],
      });
    });

    it("is renamed once, however often the rename is repeated, also under an earlier id", async () => {
      await ledger.renamePerson("10010", "20020");
      await note({ externalId: "20020", closes: { source: "clerk", isClosed: true } });
      await ledger.renamePerson("10010", "20020");
      await ledger.renamePerson("20020", "20020");
      expect(await ledger.person("10010")).toEqual({
        ...whole,
        externalId: "20020",
        closedBy: ["clerk", "okta"],
        formerly: ["10010"],
      });
    });

    it("is found under every earlier id", async () => {
      await ledger.renamePerson("10010", "20020");
      await ledger.renamePerson("10010", "30030");
      for (const id of ["10010", "20020", "30030"]) {
        expect(await ledger.person(id)).toEqual({
          ...whole,
          externalId: "30030",
          formerly: ["10010", "20020"],
        });
      }
    });

    it("may get an earlier id back", async () => {
      await ledger.renamePerson("10010", "20020");
      await ledger.renamePerson("20020", "10010");
      for (const id of ["10010", "20020"]) {
        expect(await ledger.person(id)).toEqual({ ...whole, formerly: ["20020"] });
      }
      await ledger.renamePerson("10010", "20020");
      expect(await ledger.person("10010")).toMatchObject({ externalId: "20020", formerly: ["10010"] });
    });

    it("leaves its earlier id to another person, who keeps it when the first one is renamed again", async () => {
      await ledger.renamePerson("10010", "20020");
      await note({ externalId: "5", userId: "u-5", createdBy: "bamboohr/e-5" });
      await ledger.renamePerson("5", "10010");
      const other = { externalId: "10010", userId: "u-5", createdBy: "bamboohr/e-5", formerly: ["5"] };
      expect(await ledger.person("10010")).toEqual(other);
      expect(await ledger.person("5")).toEqual(other);
      expect(await ledger.person("20020")).toMatchObject({ externalId: "20020", userId: "u-1" });
      await ledger.renamePerson("20020", "30030");
      expect(await ledger.person("10010")).toEqual(other);
      expect(await ledger.person("20020")).toMatchObject({ externalId: "30030", userId: "u-1" });
      await ledger.renamePerson("10010", "6");
      expect(await ledger.person("10010")).toMatchObject({ externalId: "6", userId: "u-5" });
      expect(await ledger.person("20020")).toMatchObject({ externalId: "30030", userId: "u-1" });
    });

    it("ends with one id when many renames run at the same time, and keeps what is recorded meanwhile", async () => {
      const sources = ["bamboohr", "clerk", "dingtalk", "feishu"];
      await Promise.all([
        ...sources.map(() => ledger.renamePerson("10010", "20020")),
        ...sources.map((source) => note({ closes: { source, isClosed: true } })),
      ]);
      expect(await ledger.person("10010")).toEqual({
        ...whole,
        externalId: "20020",
        closedBy: [...sources, "okta"],
        formerly: ["10010"],
      });
    });

    it("is not created by a rename", async () => {
      await ledger.renamePerson("unknown", "new");
      expect(await ledger.person("new")).toBeUndefined();
      expect(await ledger.person("unknown")).toBeUndefined();
    });
  });

  describe("the trail of a person", () => {
    const recordOf = (changed: Partial<EventRecord> = {}) => recordAt(time, changed);
    const pass = (seconds: number) => {
      time += seconds * 1000;
    };

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

    it("continues under another id, and is found under each", async () => {
      await note();
      const records: EventRecord[] = [];
      for (const externalId of ["10010", "20020", "30030"]) {
        pass(1);
        await ledger.renamePerson("10010", externalId);
        const record = recordOf({ id: `e-${externalId}`, externalId });
        records.push(record);
        await ledger.settle([record], day);
      }
      for (const id of ["10010", "20020", "30030"]) expect(await ledger.events(id, 10)).toEqual(records);
      expect(await ledger.events("10010", 2)).toEqual(records.slice(1));
    });

    it("holds what created the person, and under the person's next id", async () => {
      const created = recordOf({ id: "e-1" });
      await note();
      await ledger.settle([created], day);
      pass(1);
      const changed = recordOf({ id: "e-2" });
      await ledger.settle([changed], day);
      expect(await ledger.events("10010", 10)).toEqual([created, changed]);
      expect(await ledger.events("10010", 1)).toEqual([changed]);
      await ledger.renamePerson("10010", "20020");
      for (const id of ["10010", "20020"]) expect(await ledger.events(id, 10)).toEqual([created, changed]);
    });

    it("forgets what created the person when its time is over or it is opened again", async () => {
      await note();
      const rejected = recordOf({ id: "e-1", outcome: { kind: "rejected", reason: "invalid" } });
      await ledger.settle([rejected], day);
      expect(await ledger.events("10010", 10)).toEqual([rejected]);
      expect(await ledger.reopen(rejected)).toBe(true);
      expect(await ledger.events("10010", 10)).toEqual([]);
      await ledger.settle([rejected], day);
      expect(await ledger.events("10010", 10)).toEqual([rejected]);
      pass(day);
      expect(await ledger.events("10010", 10)).toEqual([]);
    });

    it("keeps what created a person whose id another one takes over", async () => {
      const records: EventRecord[] = [];
      for (const [externalId, id] of [
        ["10010", "e-1"],
        ["20020", "e-2"],
      ] as const) {
        pass(1);
        await note({ externalId, createdBy: `bamboohr/${id}` });
        const record = recordOf({ id, externalId });
        records.push(record);
        await ledger.settle([record], day);
      }
      await ledger.renamePerson("10010", "20020");
      expect(await ledger.events("20020", 10)).toEqual(records);
    });

    it("holds no outcome that is about no known person", async () => {
      const { externalId: _, ...anonymous } = recordOf();
      await ledger.settle([anonymous], day);
      expect(await ledger.events("10010", 10)).toEqual([]);
      expect(await ledger.event(anonymous)).toEqual(anonymous);
    });
  });
}
