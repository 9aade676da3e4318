import { describe, expect, it } from "vitest";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { PersonNote } from "#lib/contract/ledger.ts";
import type { RehirePolicy } from "#lib/contract/policies.ts";
import type { CreateTask } from "#lib/delivery/context.ts";
import { event, openTasks, row, rowOf, same, shared, taskOf } from "./tasks.ts";
import { personOf } from "./world.ts";

// What becomes of a joiner of HR, or of a row of a file, and whose person the ledger knows the account to be afterwards.

interface Given {
  readonly task: Partial<Omit<CreateTask, "change">>;
  /** What the joiner says of person 1 beside or in place of the usual. */
  readonly says?: Partial<CreateUserInfoDto>;
  readonly lacks?: keyof CreateUserInfoDto;
  /** The account that is there, made an hour ago or `now`. */
  readonly there?: Partial<CreateUserInfoDto>;
  readonly madeNow?: true;
  /** What the ledger knows of person 1. */
  readonly known?: Partial<PersonNote>;
  readonly closedBy?: readonly string[];
  readonly rehire?: RehirePolicy;
}

async function broughtTo({
  task,
  says,
  lacks,
  there,
  madeNow,
  known,
  closedBy = [],
  rehire = "reactivate",
}: Given) {
  const { clock, pool, ledger, authing, bring } = openTasks({ rehire });
  if (there) await authing.createUsersBatch({ list: [personOf("1", there)] });
  const userId = pool.users()[0]?.userId;
  const note = { externalId: "1", createdBy: "hr/before", ...(userId !== undefined && { userId }), ...known };
  if (known) await ledger.recordPeople([note]);
  for (const source of closedBy) await ledger.recordPeople([{ ...note, closes: { source, isClosed: true } }]);
  if (!madeNow) clock.pass(3600);
  const person: CreateUserInfoDto = personOf("1", says);
  if (lacks !== undefined) delete (person as Partial<Record<string, unknown>>)[lacks];
  const [outcome] = await bring([taskOf({ since: clock.now(), ...task }, person)]);
  const noted = await ledger.person("1");
  const { requestId: _, userId: told, ...rest } = outcome ?? {};
  const [account, ...others] = pool.users();
  expect(others).toEqual([]);
  expect([undefined, account?.userId]).toContain(told);
  return {
    outcome: { ...rest, ...(told !== undefined && { userId: "its" }) },
    person: noted && { owner: noted.owner, createdBy: noted.createdBy },
    account: account && { name: account.name, status: account.status },
  };
}

const open = { name: "张三 1", status: "Activated" };
const accepted = { kind: "accepted", userId: "its" };
const alreadyDone = { kind: "already-done", userId: "its" };
const ofOther = { kind: "rejected", reason: "person-of-another-source", userId: "its" };
const notActive = { kind: "rejected", reason: "account-not-active", field: "status", userId: "its" };
const suspended = { status: "Suspended" } as const;
const own = { owner: "hr" };

describe("a person who is in no account", () => {
  it.each<[string, Given, object, object | undefined]>([
    ["is its source's", { task: event }, accepted, { owner: "hr", createdBy: "hr/hired" }],
    ["is no source's, where all may speak", { task: shared }, accepted, { createdBy: "hr/hired" }],
    ["of a file is no source's", { task: row }, accepted, { createdBy: "uploads/i/line 2" }],
    [
      "of a file of a source is that source's",
      { task: rowOf("okta") },
      accepted,
      { owner: "okta", createdBy: "uploads/i/line 2" },
    ],
    ["without an id of ours is not noted", { task: event, lacks: "externalId" }, accepted, undefined],
    [
      "is made again, where the ledger knows an account that is gone",
      { task: event, known: { userId: "gone" } },
      accepted,
      { owner: "hr", createdBy: "hr/before" },
    ],
    [
      "is not made again after another source let them go",
      { task: event, known: { userId: "gone", ...own }, closedBy: ["idp"] },
      { kind: "rejected", reason: "account-not-active", field: "status" },
      { owner: "hr", createdBy: "hr/before" },
    ],
    [
      "is refused before Authing is asked, where our rules refuse the person",
      { task: event, lacks: "email" },
      { kind: "rejected", reason: "identifier-missing", field: "" },
      undefined,
    ],
  ])("%s", async (_, given, outcome, person) => {
    const noted = person && { owner: undefined, ...person };
    expect(await broughtTo(given)).toMatchObject({ outcome, person: noted });
  });
});

describe("a person whose account is there", () => {
  const there = {};
  const before = (over: object = {}) => ({ owner: undefined, createdBy: "hr/before", ...over });
  const now = (over: object = {}) => ({ owner: undefined, createdBy: "hr/hired", ...over });
  const nowRow = (over: object = {}) => ({ owner: undefined, createdBy: "uploads/i/line 2", ...over });
  it.each<[string, Given, object, object | undefined, object?]>([
    [
      "is a question for an operator, where the ledger does not know them",
      { task: event },
      { kind: "held", reason: "account-exists", field: "externalId", userId: "its" },
      undefined,
    ],
    ["is linked, where all sources may speak", { task: shared }, alreadyDone, now()],
    ["is linked by a row", { task: row }, alreadyDone, nowRow()],
    [
      "becomes that of the source of the file",
      { task: rowOf("okta") },
      alreadyDone,
      nowRow({ owner: "okta" }),
    ],
    [
      "stays the source's that has them",
      { task: rowOf("okta"), known: own },
      { ...alreadyDone, by: "hr/before" },
      before(own),
    ],
    ["was made by this event", { task: event, madeNow: true }, accepted, now(own)],
    ["was made by this row", { task: row, madeNow: true }, accepted, nowRow()],
    [
      "was made by an event of this source before",
      { task: event, known: own },
      { ...alreadyDone, by: "hr/before" },
      before(own),
    ],
    [
      "was made by this event before",
      { task: event, known: { ...own, createdBy: "hr/hired" } },
      accepted,
      now(own),
    ],
    [
      "was only linked by a source, while this event made the account",
      { task: event, known: { createdBy: "idp/seen" }, madeNow: true },
      accepted,
      { owner: "hr", createdBy: "idp/seen" },
    ],
    [
      "came by a file, while this event was on its way",
      { task: event, known: { createdBy: "uploads/i/line 9" }, madeNow: true },
      { kind: "already-done", by: "uploads/i/line 9" },
      { owner: undefined, createdBy: "uploads/i/line 9" },
    ],
    [
      "is another source's",
      { task: event, known: { owner: "idp" } },
      { kind: "already-done", by: "hr/before" },
      before({ owner: "idp" }),
    ],
    [
      "is another source's, and only moved here",
      { task: { ...event, isMover: true }, known: { owner: "idp" } },
      { ...ofOther, by: "hr/before" },
      before({ owner: "idp" }),
    ],
    [
      "lacks what this event says, as another one made the account at the same time",
      { task: event, madeNow: true, says: { name: "李四" } },
      accepted,
      now(own),
      { ...open, name: "李四" },
    ],
    [
      "differs from the row",
      { task: row, says: { name: "李四" } },
      { ...alreadyDone, differs: ["name"] },
      nowRow(),
    ],
    [
      "differs from the row, which changes it",
      { task: { ...row, updates: true }, says: { name: "李四" } },
      { ...accepted, reason: "updated" },
      nowRow(),
      { ...open, name: "李四" },
    ],
    ["is as the row that would change it says", { task: { ...row, updates: true } }, alreadyDone, nowRow()],
    [
      "differs from the row of its source, which changes it",
      { task: { ...rowOf("hr"), updates: true }, known: own, says: { name: "李四" } },
      { ...accepted, reason: "updated" },
      before(own),
      { ...open, name: "李四" },
    ],
    ...[row, rowOf("okta")].map((task): [string, Given, object, object] => [
      "differs from the row of another file, which may not change it",
      { task: { ...task, updates: true }, known: own, says: { name: "李四" } },
      { ...ofOther, by: "hr/before" },
      before(own),
    ]),
    [
      "has the address alone in common, and no id of ours",
      { task: event, lacks: "externalId" },
      { kind: "held", reason: "account-exists", field: "email", userId: "its" },
      undefined,
    ],
    [
      "is this one, as an operator has said",
      { task: same, says: { name: "李四" } },
      { ...accepted, reason: "linked" },
      now(own),
      { ...open, name: "李四" },
    ],
    [
      "is this one, as an operator has said, by the address",
      { task: same, there: { externalId: "9" } },
      { ...accepted, reason: "linked" },
      now(own),
    ],
  ])("%s", async (_, given, outcome, person, account = open) => {
    expect(await broughtTo({ there, ...given })).toEqual({ outcome, person, account });
  });

  const closed = { name: "张三 1", status: "Suspended" };
  it.each<[string, Given, object, object]>([
    [
      "is not opened by a joiner, where its source has not closed it",
      { task: event, known: own },
      notActive,
      closed,
    ],
    ["is not opened by a row", { task: row }, notActive, closed],
    [
      "is opened, where its source had closed it",
      { task: event, known: own, closedBy: ["hr"] },
      { ...accepted, reason: "reactivated" },
      open,
    ],
    [
      "is not opened, where operators do not want that",
      { task: event, known: own, closedBy: ["hr"], rehire: "reject" },
      notActive,
      closed,
    ],
    [
      "is not opened, while another source says so, too",
      { task: event, known: own, closedBy: ["hr", "idp"] },
      notActive,
      closed,
    ],
    [
      "is not opened by a joiner who is suspended",
      { task: event, known: own, closedBy: ["hr"], says: suspended },
      { ...alreadyDone, by: "hr/before" },
      closed,
    ],
    ["may be of this very event", { task: event, madeNow: true, says: suspended }, accepted, closed],
    [
      "is opened, where opening it was begun",
      { task: event, known: own, closedBy: ["hr"], there: {} },
      { ...accepted, reason: "reactivated" },
      open,
    ],
  ])("and closed %s", async (_, given, outcome, account) => {
    expect(await broughtTo({ there: suspended, ...given })).toMatchObject({ outcome, account });
  });
});
