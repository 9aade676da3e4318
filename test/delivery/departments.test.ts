import { describe, expect, it } from "vitest";
import type { UserDto } from "#lib/authing/dto.ts";
import type { SetUserDepartmentsDto } from "#lib/authing/organizations.ts";
import type { Change } from "#lib/contract/change.ts";
import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import { isInOtherDepartments, moveToDepartments } from "#lib/delivery/departments.ts";
import { openOwnWorld } from "./own-world.ts";
import { callsOf, create, mover, outcomesOf, range } from "./story.ts";
import { personOf, told, type World } from "./world.ts";

// Departments go by Authing's own ids in a call of their own. Those that a source calls otherwise are looked up.

const organizations = [
  {
    code: "acme",
    name: "Acme",
    departments: [
      { id: "d-1", name: "研发", code: "RD", openDepartmentId: "od-1" },
      { id: "d-2", name: "Sales", code: "SALES", openDepartmentId: "RD" },
    ],
  },
];
const byCode = { departmentIdType: "code" } as const;

/** A company whose people are in no department yet. */
async function company(people: number): Promise<World> {
  const world = await openOwnWorld({ organizations, batchSize: 50 });
  await world.deliver(range(people).map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
  return world;
}

let minute = 0;
/** A mover of one person into departments. */
function moved(
  id: string,
  departmentIds: readonly string[],
  options?: CreateUserOptionsDto,
  more: object = {},
) {
  minute += 1;
  const change: Change = mover(
    { departmentIds: [...departmentIds] },
    { ...(options && { options }), ...more },
  );
  return told("hr", `moved-${id}-${minute}`, id, minute, [change]);
}
const departmentsOf = (world: World) => world.pool.users().map(({ departmentIds }) => departmentIds);
const calls = (world: World, operation: string) => callsOf(world, operation).length;

describe("departments that are told by their codes", () => {
  it("are looked up once for everybody, and once more after ten minutes", async () => {
    const world = await company(5);
    const everybody = () => world.deliver(range(5).map((id) => moved(id, ["SALES"], byCode)));
    await everybody();
    expect(departmentsOf(world)).toEqual(range(5).map(() => ["d-2"]));
    expect(calls(world, "get-department")).toBe(1);
    await world.deliver([moved("0", ["RD", "SALES"], byCode)]);
    expect(calls(world, "get-department")).toBe(2);
    world.clock.pass(9 * 60);
    await everybody();
    expect(calls(world, "get-department")).toBe(2);
    world.clock.pass(60);
    await everybody();
    expect(calls(world, "get-department")).toBe(3);
  });

  it("are another department's where the same text is an id of another kind", async () => {
    const world = await company(1);
    const departments: unknown[] = [];
    for (const options of [byCode, { departmentIdType: "open_department_id" }, undefined] as const) {
      await world.deliver([moved("0", [options ? "RD" : "d-1"], options)]);
      departments.push(departmentsOf(world)[0]);
    }
    expect(departments).toEqual([["d-1"], ["d-2"], ["d-1"]]);
    expect(calls(world, "get-department")).toBe(2);
  });

  it("that Authing does not have are asked for again by the next event", async () => {
    const world = await company(1);
    const events = [moved("0", ["HR"], byCode), moved("0", ["HR"], byCode)];
    for (const event of events) await world.deliver([event]);
    for (const outcome of await outcomesOf(world, events))
      expect(outcome).toMatchObject({ kind: "rejected", field: "departmentIds" });
    expect(calls(world, "get-department")).toBe(2);
    expect(calls(world, "set-user-departments")).toBe(0);
  });

  it("keep their event back while Authing does not tell of them, and are asked for again", async () => {
    const world = await company(1);
    world.pool.script([{ on: "get-department", fault: { kind: "unauthorized" } }]);
    const event = moved("0", ["SALES"], byCode);
    const began = world.clock.now();
    await world.deliver([event]);
    expect(await outcomesOf(world, [event])).toMatchObject([{ kind: "accepted" }]);
    expect(departmentsOf(world)).toEqual([["d-2"]]);
    expect(calls(world, "get-department")).toBe(2);
    expect(world.clock.now() - began).toBeLessThan(9 * 60_000);
  });
});

describe("departments that Authing shows already", () => {
  it("are not told again, in whatever order and under whichever ids they were told", async () => {
    const world = await company(1);
    await world.deliver([moved("0", ["d-1", "d-2"])]);
    for (const [departmentIds, options] of [
      [["d-2", "d-1"], undefined],
      [["d-1", "d-2", "d-1"], undefined],
      [["RD", "SALES"], byCode],
    ] as const) {
      await world.deliver([moved("0", departmentIds, options)]);
      expect(calls(world, "set-user-departments")).toBe(1);
    }
    await world.deliver([moved("0", ["d-1"])]);
    expect(calls(world, "set-user-departments")).toBe(2);
  });

  it.each([
    ["leads one of them", { "d-1": { isLeader: true } }, 2],
    ["has a main one", { "d-2": { isMainDepartment: true } }, 2],
    ["is a member and no more", { "d-1": { isLeader: false } }, 1],
  ])("are told again of a person who %s", async (_, memberships, times) => {
    const world = await company(1);
    await world.deliver([moved("0", ["d-1", "d-2"])]);
    await world.deliver([moved("0", ["d-1", "d-2"], undefined, { memberships })]);
    expect(calls(world, "set-user-departments")).toBe(times);
  });
});

describe("what a person is in departments", () => {
  it("is told of a joiner in a call of its own", async () => {
    const world = await company(0);
    const departmentIds = ["d-1", "d-2"];
    const joiner = {
      ...create("1", { departmentIds }),
      memberships: { "d-1": { isLeader: true } },
    } as Change;
    await world.deliver([told("hr", "hired", "1", 0, [joiner]), told("hr", "other", "2", 0, [create("2")])]);
    expect(world.statuses()).toEqual({ 1: "Activated", 2: "Activated" });
    expect(calls(world, "set-user-departments")).toBe(1);
  });

  it("is not told of an account that another person may have", async () => {
    const world = await company(0);
    await world.ports.authing.createUsersBatch({ list: [personOf("9", { email: personOf("1").email })] });
    const departmentIds = ["d-1"];
    const joiner = {
      ...create("1", { departmentIds }),
      memberships: { "d-1": { isLeader: true } },
    } as Change;
    const event = told("hr", "hired", "1", 0, [joiner]);
    await world.deliver([event]);
    expect(await outcomesOf(world, [event])).toMatchObject([{ kind: "held", reason: "account-exists" }]);
    expect(calls(world, "set-user-departments")).toBe(0);
  });

  it.each([
    ["d-1", []],
    ["d-2", [{ departmentId: "d-1", isMainDepartment: true }, { departmentId: "d-2" }]],
    [undefined, [{ departmentId: "d-1", isMainDepartment: true }, { departmentId: "d-2" }]],
  ])(
    "is told where Authing shows %s as the main one and another was told",
    async (mainDepartmentId, told) => {
      const { ports } = await company(0);
      const departmentIds = ["d-1", "d-2"];
      const asked: SetUserDepartmentsDto[] = [];
      const authing: typeof ports.authing = {
        ...ports.authing,
        async setUserDepartments(request) {
          asked.push(request);
          return { ok: true, data: undefined };
        },
      };
      await moveToDepartments(
        departmentIds,
        { memberships: { "d-1": { isMainDepartment: true } } },
        { kind: "externalId", value: "1" },
        {
          userId: "u-1",
          departmentIds,
          ...(mainDepartmentId !== undefined && { mainDepartmentId }),
        } as UserDto,
        { ...ports, authing, deadline: Number.POSITIVE_INFINITY },
      );
      expect(asked.flatMap(({ departments }) => departments)).toEqual(told);
    },
  );
});

describe("the comparison of departments", () => {
  const context = {} as never;
  it.each([
    ["in the same ones", ["d-1", "d-2"], ["d-2", "d-1"], false],
    ["in one more", ["d-1"], ["d-1", "d-2"], true],
    ["in none", ["d-1"], [], true],
    ["where none were told", undefined, ["d-1"], false],
    ["where Authing shows none of any person", ["d-1"], undefined, false],
  ])("finds a person %s", async (_, toldIds, shown, expected) => {
    expect(await isInOtherDepartments(toldIds, {}, { departmentIds: shown }, context)).toBe(expected);
  });
});
