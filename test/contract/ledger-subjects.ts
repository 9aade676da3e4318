import { beforeEach, describe, expect, it } from "vitest";
import type { FieldTold, Ledger, SubjectRecord } from "#lib/contract/ledger.ts";
import type { MakeLedger } from "./ledger-records.ts";

const source = "bamboohr";
const first = "2026-03-01T00:00:00.000Z";
const later = "2026-03-02T00:00:00.000Z";
const latest = "2026-03-03T00:00:00.000Z";

/** These fields, recorded from one event at one time. */
const toldAt = (at: string, by: string, ...fields: string[]): Record<string, FieldTold> =>
  Object.fromEntries(fields.map((field) => [field, { at, by }]));

function subjectRecord(changed: Partial<SubjectRecord> = {}): SubjectRecord {
  return {
    source,
    subject: "10010",
    externalId: "10010",
    userId: "u-1",
    told: toldAt(first, "e-1", "email", "name", "access"),
    isClosed: false,
    ...changed,
  };
}

/** The contract of every ledger for the fields that sources have told about their people. */
export function subjectsOf(make: MakeLedger): void {
  describe("what a source has told of its person", () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await make(() => Date.parse(latest));
    });
    const known = () => ledger.subject(source, "10010");

    it("is empty at first", async () => {
      expect(await known()).toBeUndefined();
    });

    it("is kept, for each source by itself", async () => {
      await ledger.tell(subjectRecord({ departments: ["d-1", "d-2"], lastDay: "2026-12-31" }));
      expect(await known()).toEqual(subjectRecord({ departments: ["d-1", "d-2"], lastDay: "2026-12-31" }));
      expect(await ledger.subject("clerk", "10010")).toBeUndefined();
      expect(await ledger.subject(source, "1001")).toBeUndefined();
    });

    it("is the newest value of each field, in whichever order events arrive", async () => {
      await ledger.tell(subjectRecord());
      await ledger.tell(subjectRecord({ told: toldAt(latest, "e-3", "name") }));
      await ledger.tell(subjectRecord({ told: toldAt(later, "e-2", "name", "phone") }));
      expect(await known()).toEqual(
        subjectRecord({
          told: {
            ...toldAt(first, "e-1", "email", "access"),
            ...toldAt(latest, "e-3", "name"),
            ...toldAt(later, "e-2", "phone"),
          },
        }),
      );
    });

    it("is, of two values with the same time, the one that was recorded last", async () => {
      await ledger.tell(subjectRecord());
      await ledger.tell(subjectRecord({ told: toldAt(first, "e-2", "access"), isClosed: true }));
      expect(await known()).toMatchObject({
        isClosed: true,
        told: { access: { at: first, by: "e-2" }, email: { at: first, by: "e-1" } },
      });
    });

    it("keeps the digest of a field, which goes with the value", async () => {
      const name = { at: first, by: "e-1", digest: "aGVsbG8x" };
      await ledger.tell(subjectRecord({ told: { ...toldAt(first, "e-1", "email", "access"), name } }));
      expect((await known())?.told).toEqual({ ...toldAt(first, "e-1", "email", "access"), name });
      await ledger.tell(subjectRecord({ told: toldAt(later, "e-2", "email") }));
      expect((await known())?.told["name"]).toEqual(name);
      await ledger.tell(subjectRecord({ told: toldAt(later, "e-2", "name") }));
      expect((await known())?.told["name"]).toEqual({ at: later, by: "e-2" });
      await ledger.tell(subjectRecord({ told: { name: { ...name, at: first } } }));
      expect((await known())?.told["name"]).toEqual({ at: later, by: "e-2" });
    });

    it("is read for many people at once", async () => {
      const subjects = Array.from({ length: 100 }, (_, index) => (index === 7 ? "" : `工号-${index}`));
      await Promise.all(
        subjects.slice(0, 50).map((subject) => ledger.tell(subjectRecord({ subject, externalId: subject }))),
      );
      const read = await ledger.subjectsOf(source, subjects);
      expect(read.map((record) => record?.externalId)).toEqual([
        ...subjects.slice(0, 50),
        ...subjects.slice(50).map(() => undefined),
      ]);
      expect(await ledger.subjectsOf(source, [])).toEqual([]);
      const [one, other] = await ledger.subjectsOf(source, ["工号-1", "工号-1"]);
      expect(one).toEqual(other);
      expect(await ledger.subjectsOf("clerk", ["工号-1"])).toEqual([undefined]);
    });

    it("has account state, days and departments of the newest event that told each of these", async () => {
      const names = ["access", "departure", "arrival", "departments"];
      const newer = { isClosed: true, lastDay: "2026-12-31", firstDay: "2026-04-01", departments: ["d-2"] };
      await ledger.tell(subjectRecord({ told: toldAt(later, "e-2", ...names), ...newer }));
      await ledger.tell(
        subjectRecord({
          told: toldAt(first, "e-1", ...names, "email"),
          isClosed: false,
          lastDay: "",
          firstDay: "2026-03-15",
          departments: ["d-1"],
        }),
      );
      expect(await known()).toMatchObject(newer);
      const latestOf = (name: string, value: Partial<SubjectRecord>) =>
        ledger.tell(subjectRecord({ told: toldAt(latest, "e-3", name), ...value }));
      await latestOf("departure", { lastDay: "" });
      expect(await known()).toMatchObject({ ...newer, lastDay: "" });
      await latestOf("arrival", { firstDay: "2026-05-01" });
      await latestOf("departments", { departments: [] });
      await latestOf("access", { isClosed: false });
      expect(await known()).toMatchObject({
        isClosed: false,
        lastDay: "",
        firstDay: "2026-05-01",
        departments: [],
      });
    });

    it("keeps a field that later events do not tell", async () => {
      const days = { lastDay: "2026-12-31", firstDay: "2026-04-01", departments: ["d-1"] };
      await ledger.tell(subjectRecord(days));
      const told = toldAt(later, "e-2", "phone", "access", "departure", "arrival", "departments");
      await ledger.tell({ source, subject: "10010", told });
      expect(await known()).toEqual(
        subjectRecord({ ...days, told: { ...toldAt(first, "e-1", "email", "name"), ...told } }),
      );
    });

    it("does not change when the same values are recorded again", async () => {
      await ledger.tell(subjectRecord());
      await ledger.tell(subjectRecord());
      expect(await known()).toEqual(subjectRecord());
    });

    it("holds everything that many events recorded at the same time", async () => {
      const days = [3, 1, 5, 2, 4];
      await Promise.all(
        days.map((day) => {
          const at = `2026-03-0${day}T00:00:00.000Z`;
          const told = toldAt(at, `e-${day}`, "name", `customData.f${day}`, "access");
          return ledger.tell(subjectRecord({ told, isClosed: day === 5 }));
        }),
      );
      const record = await known();
      expect(record?.isClosed).toBe(true);
      expect(record?.told).toEqual({
        ...toldAt("2026-03-05T00:00:00.000Z", "e-5", "name", "access"),
        ...Object.assign(
          {},
          ...days.map((day) => toldAt(`2026-03-0${day}T00:00:00.000Z`, `e-${day}`, `customData.f${day}`)),
        ),
      });
    });

    it("follows the person to the source's new id; the old id then belongs to another person when it occurs again", async () => {
      await ledger.tell(subjectRecord());
      await ledger.tell({
        source,
        subject: "10010",
        movedTo: "zhang.san",
        told: toldAt(later, "e-2", "subject"),
      });
      expect(await known()).toEqual({
        source,
        subject: "10010",
        movedTo: "zhang.san",
        told: toldAt(later, "e-2", "subject"),
      });
      await ledger.tell(
        subjectRecord({ externalId: "20020", userId: "u-2", told: toldAt(latest, "e-3", "email") }),
      );
      expect(await known()).toMatchObject({
        movedTo: "zhang.san",
        externalId: "20020",
        told: { ...toldAt(later, "e-2", "subject"), ...toldAt(latest, "e-3", "email") },
      });
    });

    it("is returned unchanged where its names and values are unusual", async () => {
      const told = {
        "customData.职位 😀": { at: first, by: "昇𠮷#é\uD83D" },
        __proto: { at: first, by: "" },
        "customData.": { at: later, by: "x".repeat(256) },
      };
      const record = subjectRecord({ subject: "工号-#1", told });
      await ledger.tell(record);
      expect(await ledger.subject(source, "工号-#1")).toEqual(record);
    });
  });

  describe("the people of a source", () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await make(() => Date.parse(latest));
    });
    const told = toldAt(first, "e-1", "email");

    it("are counted once each", async () => {
      expect(await ledger.countSubjects(source)).toBe(0);
      await ledger.tell({ source, subject: "1", told });
      await ledger.tell({ source, subject: "2", told });
      await ledger.tell({ source, subject: "1", told: toldAt(later, "e-2", "email") });
      expect(await ledger.countSubjects(source)).toBe(2);
      expect(await ledger.countSubjects("clerk")).toBe(0);
    });

    it("are listed, whatever their ids look like", async () => {
      const subjects = ["10010", "2", "工号-#1", `sha256:${"x".repeat(10)}`, "a".repeat(250), "Zoë"];
      for (const subject of subjects) await ledger.tell({ source, subject, told });
      await ledger.tell({ source: "clerk", subject: "user_1", told });
      await ledger.recordPeople([{ externalId: "10010", createdBy: "bamboohr/e-1", owner: source }]);
      const { subjects: listed, next } = await ledger.subjects(source);
      expect(listed.toSorted()).toEqual(subjects.toSorted());
      expect(next).toBeUndefined();
      expect(await ledger.subjects("okta")).toEqual({ subjects: [] });
    });

    it("are listed a page at a time", async () => {
      const subjects = Array.from({ length: 1_003 }, (_, index) => String(index).padStart(5, "0"));
      for (let from = 0; from < subjects.length; from += 50) {
        const some = subjects.slice(from, from + 50);
        await Promise.all(some.map((subject) => ledger.tell({ source, subject, told })));
      }
      const listed: string[] = [];
      let pages = 0;
      let after: string | undefined;
      do {
        const page = await ledger.subjects(source, after);
        listed.push(...page.subjects);
        after = page.next;
        pages += 1;
      } while (after !== undefined);
      expect(listed.toSorted()).toEqual(subjects);
      expect(pages).toBe(2);
    });
  });
}

/** The contract of every ledger for a source itself. */
export function sourcesOf(make: MakeLedger): void {
  describe("a source", () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ledger = await make(() => Date.parse(latest));
    });

    it("is paused until the pause is ended", async () => {
      expect(await ledger.pausedSince(source)).toBeUndefined();
      await ledger.pause(source, first);
      expect(await ledger.pausedSince(source)).toBe(first);
      expect(await ledger.pausedSince("clerk")).toBeUndefined();
      await ledger.pause(source, undefined);
      expect(await ledger.pausedSince(source)).toBeUndefined();
      await ledger.pause(source, undefined);
    });

    it("has a cursor of its own, as it was moved last", async () => {
      expect(await ledger.cursor(source)).toBeUndefined();
      await ledger.moveCursor(source, "2026-03-01");
      await ledger.moveCursor(source, "2026-03-02 · 第二页");
      await ledger.pause(source, first);
      expect(await ledger.cursor(source)).toBe("2026-03-02 · 第二页");
      expect(await ledger.cursor("clerk")).toBeUndefined();
    });
  });
}
