import { describe, expect, it } from "vitest";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { PersonNote } from "#lib/contract/ledger.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { CreateTask } from "#lib/delivery/context.ts";
import { event, openTasks, row, same, shared, taskOf } from "./tasks.ts";
import { personOf } from "./world.ts";

// Joiners that come in one call, whose id was another person's, or who are something in their departments.

describe("two that come together", () => {
  const { externalId: _, ...unknown } = personOf("1");
  it.each<[string, Partial<CreateTask>, CreateUserInfoDto, object]>([
    ["events without an id of ours", event, unknown, { kind: "held", reason: "account-exists" }],
    [
      "events of sources that share all people",
      shared,
      personOf("1"),
      { kind: "already-done", by: expect.stringMatching(/one$/) },
    ],
    ["rows", row, personOf("1"), { kind: "already-done", by: expect.stringMatching(/one$/) }],
    ["rows without an id of ours", row, unknown, { kind: "already-done" }],
  ])("about one person make one account, which the first has made: %s", async (_, task, person, second) => {
    const { bring, pool } = openTasks();
    const tasks = ["one", "other"].map((name) => taskOf({ ...task, by: `${task.by} ${name}` }, person));
    expect(await bring(tasks)).toMatchObject([{ kind: "accepted" }, second]);
    expect(pool.users()).toHaveLength(1);
  });

  it("are brought in one call, where the other one is there or refused by our rules", async () => {
    const { authing, bring, ledger, pool } = openTasks();
    await authing.createUsersBatch({ list: [personOf("1"), personOf("9", { email: "other@example.com" })] });
    await ledger.recordPeople([{ externalId: "1", userId: "u", createdBy: "hr/before", owner: "hr" }]);
    const people = [personOf("1"), { externalId: "2", name: "李四" }, personOf("3")];
    const tasks = people.map((person) => taskOf(event, person));
    const adopted = taskOf(same, personOf("4", { email: "other@example.com" }));
    expect(await bring([...tasks, adopted])).toMatchObject([
      { kind: "already-done" },
      { kind: "rejected", reason: "identifier-missing" },
      { kind: "accepted" },
      { kind: "accepted", reason: "linked" },
    ]);
    expect(pool.users().map(({ externalId }) => externalId)).toEqual(["1", "4", "3"]);
    expect(pool.requests.filter(({ operation }) => operation === "create-users-batch")).toHaveLength(2);
  });
});

describe("an id of ours that was another person's before", () => {
  const renamed = async (task: Partial<CreateTask>, known: Partial<PersonNote>, isThere: boolean) => {
    const world = openTasks();
    const { authing, bring, clock, ledger, pool } = world;
    if (isThere) await authing.createUsersBatch({ list: [personOf("1")] });
    const userId = pool.users()[0]?.userId ?? "gone";
    await ledger.recordPeople([{ externalId: "1", userId, createdBy: "hr/before", ...known }]);
    await ledger.renamePerson("1", "2");
    clock.pass(3600);
    const [outcome] = await bring([taskOf({ since: clock.now(), ...task }, personOf("1"))]);
    const [one, two] = [await ledger.person("1"), await ledger.person("2")];
    return { outcome, one: one?.externalId, two: two?.externalId, formerly: two?.formerly };
  };

  const own = { owner: "hr" };
  const newcomer = { ...event, isNewcomer: true } as const;
  it.each<[string, Partial<CreateTask>, Partial<PersonNote>, boolean, object, object]>([
    ["is the newcomer's, whose account is new", newcomer, {}, false, { kind: "accepted" }, { one: "1" }],
    ["is that of whose account is new", event, own, false, { kind: "accepted" }, { one: "1" }],
    [
      "is the newcomer's, who is linked",
      { ...shared, isNewcomer: true },
      {},
      true,
      { kind: "already-done" },
      { one: "1" },
    ],
    [
      "leads to the person as before, who is linked",
      shared,
      {},
      true,
      { kind: "already-done" },
      { one: "2", formerly: ["1"] },
    ],
    [
      "leads to the person as before, whose account is opened",
      event,
      { ...own, closes: { source: "hr", isClosed: true } },
      true,
      { kind: "accepted", reason: "reactivated" },
      { one: "2", formerly: ["1"] },
    ],
  ])("%s", async (_, task, known, isThere, outcome, people) => {
    expect(await renamed(task, known, isThere)).toMatchObject({ outcome, two: "2", ...people });
  });
});

describe("what a person is in departments", () => {
  const leads = { memberships: { "d-1": { isLeader: true } } } as const;
  const person = personOf("1", { departmentIds: ["d-1"] });
  /** Where a call about departments is refused. */
  const openRefusing = () => {
    let calls = 0;
    const failure = { kind: "invalid-record", scope: "record", applied: "no", retry: "never" } as const;
    const setUserDepartments: AuthingClient["setUserDepartments"] = async () => {
      calls += 1;
      return { ok: false, failure };
    };
    return { ...openTasks({ answers: { setUserDepartments } }), calls: () => calls };
  };

  it("is refused, and the person is there all the same", async () => {
    const { bring, calls, ledger, pool } = openRefusing();
    const [outcome] = await bring([taskOf(event, person, leads)]);
    const { userId } = pool.users()[0] ?? {};
    expect(outcome).toMatchObject({ kind: "rejected", field: "departmentIds", partly: true, userId });
    expect(await ledger.person("1")).toMatchObject({ owner: "hr", userId });
    expect(calls()).toBe(1);
  });

  it("is no call of its own, where the source says no more than the departments", async () => {
    const { bring, calls } = openRefusing();
    expect(await bring([taskOf(event, person)])).toMatchObject([{ kind: "accepted" }]);
    expect(calls()).toBe(0);
  });

  it("is not told of an account that was there, and stays as it is", async () => {
    const { authing, bring, calls, clock } = openRefusing();
    await authing.createUsersBatch({ list: [personOf("1")] });
    clock.pass(3600);
    const task = taskOf({ ...row, since: clock.now() }, person, leads);
    expect(await bring([task])).toMatchObject([{ kind: "already-done" }]);
    expect(calls()).toBe(0);
  });
});
