import { describe, expect, it } from "vitest";
import type { Change, Create, Update } from "#lib/contract/change.ts";
import type { SubjectRecord } from "#lib/contract/ledger.ts";
import { closes, namesIn, newestTeller, remainderOf } from "#lib/pipeline/order.ts";
import { mover } from "../delivery/story.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 1, minute)).toISOString();
const said = (minute: number, id = `at-${minute}`) => ({ id, occurredAt: at(minute) });

/** What is known, from `field: minute at which it was told`. */
const known = (told: Record<string, number>, more: Partial<SubjectRecord> = {}): SubjectRecord => ({
  source: "hr",
  subject: "1",
  told: Object.fromEntries(
    Object.entries(told).map(([name, minute]) => [name, { at: at(minute), by: `at-${minute}` }]),
  ),
  ...more,
});
const create = (person: object, more: Partial<Create> = {}): Create => ({
  kind: "create",
  person: { externalId: "1", ...person },
  trail: {},
  ...more,
});
const update = (person: Update["person"], more: Partial<Update> = {}) =>
  mover(person, { who: { externalId: "1" }, ...more });
const leave: Change = { kind: "leave", who: { externalId: "1" } };
const otp: Change = { kind: "import-otp", who: {}, otp: { secret: "JBSWY3DPEHPK3PXP" } };

describe("what a change says of access", () => {
  it.each<[string, Change, boolean | undefined]>([
    ["a departure closes", leave, true],
    ["a joiner opens", create({}), false],
    ["a joiner who is active opens", create({ status: "Activated" }), false],
    ["a joiner who is suspended closes", create({ status: "Suspended" }), true],
    ["a mover says nothing", update({ city: "杭州" }), undefined],
    ["a complete mover says nothing", update({ city: "杭州" }, { complete: true }), undefined],
    ["a status opens", update({ status: "Activated" }), false],
    ["a status closes", update({ status: "Deactivated" }), true],
    ["a second factor says nothing", otp, undefined],
  ])("%s", (_, change, expected) => expect(closes(change)).toBe(expected));
});

describe("what a change tells", () => {
  it.each<[string, Change, string[]]>([
    ["a departure", leave, ["access"]],
    ["a second factor", otp, ["otp"]],
    ["a joiner", create({ name: "张三" }), ["externalId", "name", "access"]],
    ["an address and its verification", update({ email: "a@example.com", emailVerified: true }), ["email"]],
    [
      "a number and its country",
      update({ phone: "1", phoneCountryCode: "+86", phoneVerified: true }),
      ["phone"],
    ],
    ["departments", update({ departmentIds: ["d"] }), ["departments"]],
    ["a password and its salt", update({ password: "hash", salt: "salt" }), ["password"]],
    [
      "custom fields, each",
      update({ customData: { title: "lead", badge: "7" } }),
      ["customData.title", "customData.badge"],
    ],
    ["a status", update({ status: "Suspended", city: "杭州" }), ["access", "city"]],
    ["that no departure is planned", update({}, { departure: "none" }), ["departure"]],
  ])("%s", (_, change, names) => expect(namesIn(change)).toEqual(names));
});

describe("of an event there is left", () => {
  it("everything, where nothing is known or what is known is older", () => {
    const changes = [update({ city: "杭州", name: "张三" })];
    expect(remainderOf(changes, said(2), undefined)).toEqual({
      changes,
      superseded: {},
      isRepetition: false,
    });
    expect(remainderOf(changes, said(2), known({ city: 1, name: 1 })).changes).toEqual(changes);
  });

  it("what nothing newer has told", () => {
    const changes = [update({ city: "杭州", name: "张三", customData: { title: "lead", badge: "7" } })];
    const left = remainderOf(changes, said(2), known({ city: 3, name: 1, "customData.title": 4 }));
    expect(left).toMatchObject({
      changes: [{ person: { name: "张三", customData: { badge: "7" } } }],
      superseded: { city: "at-3", "customData.title": "at-4" },
      isRepetition: false,
    });
    expect(left.changes[0]).not.toHaveProperty("person.city");
    expect(left.changes[0]).not.toHaveProperty("person.customData.title");
  });

  it("nothing of fields that are told together, once one is newer", () => {
    const changes = [
      update({ email: "old@example.com", emailVerified: true, phone: "1", phoneCountryCode: "+1" }),
    ];
    const { changes: left } = remainderOf(changes, said(2), known({ email: 3 }));
    expect(left).toMatchObject([{ person: { phone: "1", phoneCountryCode: "+1" } }]);
    expect(left[0]).not.toHaveProperty("person.emailVerified");
    expect(remainderOf(changes, said(2), known({ email: 3, phone: 3 })).changes).toEqual([]);
  });

  it("no custom data where all of its keys are newer", () => {
    const changes = [update({ city: "杭州", customData: { title: "lead" } })];
    const { changes: left } = remainderOf(changes, said(2), known({ "customData.title": 3 }));
    expect(left[0]).not.toHaveProperty("person.customData");
  });

  it("no departure once something newer opened the account, and no opening once something newer closed it", () => {
    expect(remainderOf([leave], said(2), known({ access: 3 }))).toMatchObject({
      changes: [],
      superseded: { access: "at-3" },
    });
    expect(remainderOf([leave], said(2), known({ access: 1 })).changes).toEqual([leave]);
    expect(remainderOf([update({ status: "Activated" })], said(2), known({ access: 3 })).changes).toEqual([]);
  });

  it("a mover, of a joiner who was let go since: it brings no person", () => {
    const person = { externalId: "1", name: "张三", city: "杭州" };
    const { changes } = remainderOf([create(person)], said(2), known({ access: 3, name: 3 }));
    expect(changes).toMatchObject([
      { kind: "update", who: { externalId: "1" }, person: { city: "杭州" }, complete: false, whole: person },
    ]);
    expect(changes[0]).not.toHaveProperty("person.name");
  });

  it("a joiner with less in it, who is brought with all of it where the account is gone", () => {
    const { changes } = remainderOf([create({ name: "张三", city: "杭州" })], said(2), known({ name: 3 }));
    expect(changes).toMatchObject([
      { kind: "create", person: { city: "杭州" }, whole: { externalId: "1", name: "张三", city: "杭州" } },
    ]);
    expect(changes[0]).not.toHaveProperty("person.name");
  });

  it("that the account is open, of a joiner all of whose fields are newer", () => {
    const { changes } = remainderOf([create({ name: "张三" })], said(2), known({ name: 3, externalId: 3 }));
    expect(changes).toMatchObject([{ kind: "create", person: {} }]);
  });

  it("nothing where only our id is left", () => {
    expect(
      remainderOf([update({ externalId: "1", name: "张三" })], said(2), known({ name: 3 })).changes,
    ).toEqual([]);
  });

  it("the new id and the withdrawn departure, whatever else is newer", () => {
    for (const more of [{ newSubject: "2" }, { departure: "none" }] as const) {
      const { changes } = remainderOf([update({ name: "张三" }, more)], said(2), known({ name: 3 }));
      expect(changes).toMatchObject([more]);
    }
  });

  it("what this very event has told, when it is tried again", () => {
    const changes = [update({ city: "杭州" }), leave];
    const told = { city: { at: at(2), by: "at-2" }, access: { at: at(9), by: "at-2" } };
    expect(remainderOf(changes, said(2), { ...known({}), told }).changes).toEqual(changes);
  });

  it("the later one of two of the same moment, save for a joiner who says the same again", () => {
    const [mover, joiner] = [update({ city: "杭州" }), create({ city: "杭州" })];
    const record = known({ city: 2, access: 2, externalId: 2 }, { isClosed: false });
    expect(remainderOf([mover], said(2, "another"), record).changes).toEqual([mover]);
    expect(remainderOf([joiner], said(2, "another"), record)).toMatchObject({
      changes: [],
      isRepetition: true,
    });
    // A joiner and a departure of one moment: the one that comes later counts.
    const closed = { ...record, isClosed: true };
    expect(remainderOf([joiner], said(2, "another"), closed).changes).toMatchObject([{ kind: "create" }]);
    expect(remainderOf([leave], said(2, "another"), record).changes).toEqual([leave]);
    // One field of another moment is no repetition.
    const mixed = known({ city: 3, access: 2, externalId: 2 }, { isClosed: false });
    expect(remainderOf([joiner], said(2, "another"), mixed).isRepetition).toBe(false);
  });

  it("an announced departure while the same day is announced, and none once another one is or it was withdrawn", () => {
    const until = (lastDay: string): Change => ({ kind: "leave", who: {}, lastDay });
    const record = known({ departure: 3 }, { lastDay: "2026-03-30" });
    expect(remainderOf([until("2026-03-30")], said(2), record).changes).toHaveLength(1);
    expect(remainderOf([until("2026-03-20")], said(2), record)).toMatchObject({
      changes: [],
      superseded: { departure: "at-3" },
    });
    expect(remainderOf([until("2026-03-30")], said(2), { ...record, lastDay: "" }).changes).toEqual([]);
    expect(remainderOf([until("2026-03-20")], said(4), record).changes).toHaveLength(1);
    // What says something newer about access makes it lapse.
    expect(remainderOf([until("2026-03-30")], said(2), known({ access: 3 })).changes).toEqual([]);
    // A departure at once is no announcement.
    expect(remainderOf([leave], said(2), record).changes).toEqual([leave]);
  });
});

it("names the newest of those who told what is not left", () => {
  const record = known({ city: 3, name: 5, email: 4 });
  expect(newestTeller({ city: "at-3", name: "at-5", email: "at-4" }, record)).toBe("at-5");
  expect(newestTeller({}, record)).toBeUndefined();
});
