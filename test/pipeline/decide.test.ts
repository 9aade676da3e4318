import { describe, expect, it } from "vitest";
import type { Change, Create, Update } from "#lib/contract/change.ts";
import type { PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import { maySpeak, notItsPerson } from "#lib/pipeline/authority.ts";
import { decide, leftBefore, type DecisionSettings, type Step } from "#lib/pipeline/decide.ts";
import type { Knowledge } from "#lib/pipeline/knowledge.ts";
import { mover } from "../delivery/story.ts";
import { told } from "../delivery/world.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 1, minute)).toISOString();
const nobody: Knowledge = {
  known: undefined,
  person: undefined,
  namesake: undefined,
  externalId: "1",
  isNewcomer: false,
  underNewSubject: undefined,
};
const subject = (access: number | undefined, more: Partial<SubjectRecord> = {}): SubjectRecord => ({
  source: "hr",
  subject: "1",
  externalId: "1",
  userId: "u-1",
  told: access === undefined ? {} : { access: { at: at(access), by: `at-${access}` } },
  ...more,
});
const own: PersonRecord = { externalId: "1", userId: "u-1", createdBy: "hr/hired", owner: "hr" };
const others: PersonRecord = { ...own, createdBy: "idp/hired", owner: "idp" };

const create = (more: Partial<Create> = {}): Create => ({
  kind: "create",
  person: { externalId: "1", name: "张三" },
  trail: {},
  ...more,
});
const update = (person: Update["person"], more: Partial<Update> = {}) =>
  mover(person, { who: { externalId: "1" }, ...more });
const leave: Change = { kind: "leave", who: { externalId: "1" } };
const otp: Change = { kind: "import-otp", who: {}, otp: { secret: "JBSWY3DPEHPK3PXP" } };

/** What HR's event of minute 5 comes to. */
function decided(
  changes: readonly Change[],
  knowledge: Partial<Knowledge> = {},
  settings: Partial<DecisionSettings> = {},
  parked: Pick<EventMessage, "parkedAs"> = {},
) {
  const message = { ...told("hr", "at-5", "1", 5, changes), ...parked };
  const now = Date.parse(message.reception.receivedAt);
  return decide(
    message,
    changes,
    { ...nobody, ...knowledge },
    {
      people: "own",
      rehire: "reactivate",
      timeZone: "Asia/Shanghai",
      now,
      isSame: false,
      ...settings,
    },
  );
}
const taskOf = (step: Step | undefined) => {
  if (!step || !("task" in step)) throw new Error(`no task but ${JSON.stringify(step)}`);
  return step.task;
};
const only = (...given: Parameters<typeof decided>) => {
  const { steps } = decided(...given);
  expect(steps).toHaveLength(1);
  return steps[0];
};

describe("which source may speak about which person", () => {
  it.each<[string, string, "own" | "shared", PersonRecord | undefined, SubjectRecord | undefined, boolean]>([
    ["a person that no source has told of", "hr", "own", undefined, undefined, true],
    ["its own person", "hr", "own", own, undefined, true],
    ["another source's", "hr", "own", others, undefined, false],
    ["a file's", "hr", "own", { externalId: "1", userId: "u-1", createdBy: "uploads/i/1" }, undefined, false],
    ["another source's, where its people are shared", "hr", "shared", others, undefined, true],
    ["another source's, whose account an operator gave it", "hr", "own", others, subject(1), true],
    [
      "another source's, with an account of its own",
      "hr",
      "own",
      others,
      subject(1, { userId: "u-2" }),
      false,
    ],
    [
      "another source's, neither with an account",
      "hr",
      "own",
      { externalId: "1", createdBy: "idp/x", owner: "idp" },
      { ...subject(1), userId: undefined } as never,
      false,
    ],
  ])("%s", (_, source, policy, person, known, expected) => {
    expect(maySpeak(source, policy, person, known)).toBe(expected);
  });

  it("says whose person it is", () => {
    expect(notItsPerson(others)).toEqual({
      kind: "rejected",
      reason: "person-of-another-source",
      by: "idp/hired",
      userId: "u-1",
    });
  });

  it("a joiner is there by another source's doing; everything else is refused", () => {
    expect(only([create()], { person: others })).toMatchObject({
      outcome: { kind: "already-done", by: "idp/hired", userId: "u-1" },
    });
    for (const change of [update({ city: "杭州" }), update({}, { complete: true }), leave, otp]) {
      expect(only([change], { person: others }), change.kind).toMatchObject({
        outcome: { kind: "rejected", reason: "person-of-another-source" },
      });
      expect(taskOf(only([change], { person: others }, { people: "shared" }))).toMatchObject({ links: true });
    }
    expect(taskOf(only([leave], { person: own }))).toMatchObject({ links: false, owner: "hr" });
  });

  it("a person that a shared source only linked may be this source's making", () => {
    const linked: PersonRecord = { externalId: "1", userId: "u-1", createdBy: "idp/edited" };
    expect(taskOf(only([create()], { person: linked }))).toMatchObject({
      change: { kind: "create" },
      links: false,
    });
    const complete = update({ externalId: "1", name: "张三" }, { complete: true });
    expect(taskOf(only([complete], { person: linked }))).toMatchObject({
      change: { kind: "create" },
      isMover: true,
    });
    for (const change of [update({ city: "杭州" }), leave]) {
      expect(only([change], { person: linked })).toMatchObject({ outcome: { kind: "rejected" } });
    }
    const filed = { ...linked, createdBy: "uploads/i/1" };
    expect(only([create()], { person: filed })).toMatchObject({ outcome: { kind: "already-done" } });
  });

  it("an id that another person has is refused, and may be given up by one of its own", () => {
    const step = (namesake: PersonRecord) =>
      only([update({ externalId: "2" })], { namesake, known: subject(1) });
    expect(step({ ...own, externalId: "2" })).toMatchObject({
      outcome: { kind: "rejected", reason: "identifier-in-use", field: "externalId", by: "hr/hired" },
    });
    expect(step({ ...others, externalId: "2" })).toMatchObject({ outcome: { reason: "conflict" } });
  });
});

describe("the status that is sent", () => {
  const sent = (status: "Activated" | "Suspended", knowledge: Partial<Knowledge>) =>
    taskOf(only([update({ status, city: "杭州" })], { person: own, ...knowledge })).change;

  it("is that of an opening only where this source said last that the account is closed", () => {
    expect(sent("Activated", { known: subject(1) })).not.toHaveProperty("person.status");
    expect(sent("Activated", { known: subject(1, { isClosed: true }) })).toMatchObject({
      person: { status: "Activated", city: "杭州" },
    });
    expect(sent("Activated", { known: undefined })).not.toHaveProperty("person.status");
  });

  it("is none while another source says that the account is closed, and no department either", () => {
    const closed = { ...own, closedBy: ["hr", "idp"] };
    const known = subject(1, { isClosed: true });
    const task = taskOf(only([update({ status: "Activated" })], { person: closed, known }));
    expect(task.staysClosed).toBe(true);
    expect(task.change).not.toHaveProperty("person.status");
    expect(taskOf(only([update({ departmentIds: ["d"] })], { person: closed, known })).staysClosed).toBe(
      true,
    );
    expect(taskOf(only([update({ city: "杭州" })], { person: closed, known })).staysClosed).toBeUndefined();
    expect(
      taskOf(only([update({ departmentIds: ["d"] })], { person: own, known })).staysClosed,
    ).toBeUndefined();
  });

  it("is that of a closing, also where it is said again", () => {
    expect(sent("Suspended", { known: subject(1) })).toMatchObject({ person: { status: "Suspended" } });
    expect(sent("Suspended", { known: subject(1, { isClosed: true }) })).toMatchObject({
      person: { status: "Suspended" },
    });
  });
});

describe("who is brought", () => {
  const complete = (more: Partial<Update> = {}) =>
    update({ externalId: "1", name: "张三" }, { complete: true, ...more });
  const brings = (...given: Parameters<typeof decided>) => {
    const { change } = taskOf(only(...given));
    return change.kind === "update" && change.complete;
  };

  it("is a mover where all of the person is known, save one who has left", () => {
    expect(brings([complete()])).toBe(true);
    expect(brings([update({ city: "杭州" })])).toBe(false);
    expect(brings([complete()], { known: subject(1, { isClosed: true }), person: own })).toBe(false);
    const back = complete({ person: { externalId: "1", status: "Activated" } });
    expect(brings([back], { known: subject(1, { isClosed: true }), person: own })).toBe(true);
  });

  it("is no person whose id the source may be about to call another id of a known person", () => {
    const waits = complete({ createsAfterSeconds: 60 });
    const received = Date.parse(told("hr", "x", "1", 0, []).reception.receivedAt);
    expect(brings([waits], {}, { now: received + 59_999 })).toBe(false);
    expect(brings([waits], {}, { now: received + 60_000 })).toBe(true);
    expect(brings([waits], { known: subject(1), person: own }, { now: received })).toBe(true);
  });

  it("has our id of today, and all that was said", () => {
    const known = subject(1, {
      externalId: "2",
      told: { externalId: { at: at(9), by: "renamed" }, access: { at: at(1), by: "x" } },
    });
    const { change } = taskOf(
      only([create()], { known, externalId: "2", person: { ...own, externalId: "2" } }),
    );
    expect(change).toMatchObject({
      kind: "update",
      complete: true,
      whole: { externalId: "2", name: "张三" },
    });
    expect(change).not.toHaveProperty("person.externalId");
    expect(taskOf(only([create()], { externalId: "2" })).change).toMatchObject({
      kind: "create",
      person: { externalId: "2" },
    });
  });

  it("is a person anew where their id was another one's before", () => {
    expect(taskOf(only([create()], { isNewcomer: true }))).toMatchObject({ isNewcomer: true });
  });

  it("by a joiner that the source had brought before, is changed", () => {
    const { change } = taskOf(only([create()], { known: subject(1), person: own }));
    expect(change).toMatchObject({ kind: "update", who: {}, person: { name: "张三" } });
    expect(change).not.toHaveProperty("person.status");
    const closed = subject(1, { isClosed: true });
    const back = taskOf(only([create()], { known: closed, person: { ...own, closedBy: ["hr"] } })).change;
    expect(back).toMatchObject({ kind: "update" });
    expect(only([create()], { known: closed, person: own }, { rehire: "reject" })).toMatchObject({
      outcome: { kind: "rejected", reason: "account-not-active", field: "status" },
    });
  });

  it("an operator has said that the account is theirs: it is linked", () => {
    const settings = { isSame: true };
    expect(taskOf(only([create()], { person: own }, settings))).toMatchObject({
      change: { kind: "create" },
      links: true,
      isSame: true,
    });
    expect(taskOf(only([complete()], { person: own }, settings))).toMatchObject({
      change: { kind: "create" },
      isSame: true,
    });
  });
});

describe("a person who had left before they came", () => {
  const gone: Partial<Knowledge> = { known: { ...subject(4), userId: undefined, isClosed: true } as never };
  const late: Partial<Knowledge> = { known: { ...subject(9), userId: undefined, isClosed: true } as never };

  it("is not made for the sake of being closed", () => {
    expect(only([update({ city: "杭州" })], gone)).toMatchObject({
      outcome: { kind: "already-done", reason: "person-has-left", by: "hr/at-4" },
    });
    expect(only([update({ city: "杭州" })], late)).toMatchObject({
      outcome: { kind: "superseded", by: "hr/at-9" },
    });
    expect(decided([create()], late)).toMatchObject({
      steps: [{ outcome: { kind: "superseded", by: "hr/at-9" } }],
      superseded: { access: "hr/at-9" },
    });
  });

  it("comes back by a newer joiner, with all that comes with it", () => {
    const { steps } = decided([create(), otp], gone);
    expect(steps.map((step) => taskOf(step).change.kind)).toEqual(["create", "import-otp"]);
  });

  it("is closed by whatever closes, and waits for their new id", () => {
    for (const change of [
      leave,
      update({ status: "Suspended" }),
      update({ externalId: "2" }),
      update({}, { newSubject: "2" }),
    ]) {
      expect(taskOf(only([change], gone)).by).toBe("hr/at-5");
    }
  });
});

describe("a departure under the other one of two ids", () => {
  const moved = update({ externalId: "2" }, { newSubject: "2" });
  const open = subject(1);
  const left = { ...subject(7, { subject: "2", isClosed: true }), userId: undefined } as never;
  const kinds = (known: SubjectRecord | undefined, underNewSubject: SubjectRecord | undefined) =>
    decided([moved], { known, underNewSubject, person: own }).steps.map(({ change }) => change);

  it("closes the account once the ids are known to be one person's", () => {
    expect(kinds(open, left)).toEqual([moved, leftBefore]);
    expect(kinds({ ...(left as SubjectRecord), subject: "1" }, subject(1, { subject: "2" }))).toEqual([
      moved,
      leftBefore,
    ]);
  });

  it("is no departure where something newer opened the account, or where it is closed", () => {
    expect(kinds(subject(8), left)).toEqual([moved]);
    expect(kinds(subject(1, { isClosed: true }), left)).toEqual([moved]);
    expect(kinds(open, undefined)).toEqual([moved]);
    expect(kinds(open, subject(7, { subject: "2" }))).toEqual([moved]);
  });
});

describe("days that lie ahead", () => {
  const until = (lastDay: string): Change => ({ kind: "leave", who: {}, lastDay });

  it("are waited for, and what is due is done", () => {
    const changes = [update({ city: "杭州" }), until("2026-03-30")];
    expect(decided(changes, { known: subject(1), person: own })).toMatchObject({
      steps: [{ change: { kind: "update" } }],
      ahead: [{ kind: "leave" }],
      dueAt: Date.parse("2026-03-30T16:00:00.000Z"),
    });
  });

  it("are due at their very moment", () => {
    const dueAt = Date.parse("2026-03-30T16:00:00.000Z");
    expect(decided([until("2026-03-30")], { known: subject(1) }, { now: dueAt - 1 }).steps).toEqual([]);
    const due = decided([until("2026-03-30")], { known: subject(1) }, { now: dueAt });
    expect(due.steps).toHaveLength(1);
    expect(due).not.toHaveProperty("dueAt");
    expect(decided([until("2026-02-27")], { known: subject(1) }).steps).toHaveLength(1);
  });

  it("the first of several wakes the event", () => {
    const changes = [until("2026-03-30"), create({ firstDay: "2026-03-09" })];
    expect(decided(changes).dueAt).toBe(Date.parse("2026-03-08T16:00:00.000Z"));
  });
});

describe("nothing to do", () => {
  it("is the outcome of an event that means nothing", () => {
    expect(decided([])).toMatchObject({
      steps: [],
      outcome: { kind: "already-done", reason: "nothing-to-do" },
    });
  });

  it("is superseded by the newest of what was told, or already done where the same was said", () => {
    const known = subject(9, { told: { access: { at: at(9), by: "a" }, city: { at: at(8), by: "b" } } });
    const both = update({ city: "杭州", status: "Suspended" });
    expect(decided([both], { known })).toMatchObject({
      steps: [],
      outcome: { kind: "superseded", by: "hr/a" },
      superseded: { access: "hr/a", city: "hr/b" },
    });
    const same = { at: at(5), by: "again" };
    const repeated = subject(5, { isClosed: false, told: { access: same, name: same, externalId: same } });
    expect(decided([create()], { known: repeated, person: own })).toMatchObject({
      outcome: { kind: "already-done", by: "hr/again" },
    });
  });

  it("but to note that the account is open, of a joiner all of whose fields are newer", () => {
    const told = { name: { at: at(8), by: "b" }, externalId: { at: at(8), by: "b" } };
    expect(decided([create()], { known: subject(undefined, { told }), person: own })).toMatchObject({
      steps: [],
      outcome: { kind: "superseded", by: "hr/b" },
      noted: [{ kind: "create" }],
    });
    // Where it is closed, it is opened.
    const closed = subject(1, { told: { ...told, access: { at: at(1), by: "x" } }, isClosed: true });
    expect(decided([create()], { known: closed, person: own }).steps).toHaveLength(1);
  });
});

describe("an event that comes back", () => {
  const own5 = { at: at(5), by: "at-5" };
  const back = { parkedAs: { kind: "waiting", ledgerId: "at-5" } } as const;

  it("does not say again what it has told, which an operator may have changed since", () => {
    const known = subject(undefined, { told: { access: own5, city: own5 } });
    const change = update({ status: "Suspended", city: "杭州" });
    expect(only([change], { known, person: own }, {}, back)).toMatchObject({
      outcome: { kind: "accepted", userId: "u-1" },
    });
    const more = update({ status: "Suspended", city: "杭州", name: "张三" });
    expect(taskOf(only([more], { known, person: own }, {}, back)).change).toMatchObject({ kind: "update" });
    expect(taskOf(only([change], { known, person: own })).change).toMatchObject({ kind: "update" });
    // What was refused is said again: it counts as told, all but the field that was refused.
    const redriven = { parkedAs: { kind: "rejected", ledgerId: "at-5" } } as const;
    expect(taskOf(only([change], { known, person: own }, {}, redriven)).change).toEqual(expect.anything());
  });

  it("says it again of a person who has no account: nothing was applied", () => {
    const { userId: _, ...known } = subject(undefined, { told: { access: own5 }, isClosed: true });
    expect(taskOf(only([leave], { known }, {}, back)).change).toEqual(leave);
  });
});
