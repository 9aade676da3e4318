import { describe, expect, it } from "vitest";
import type { DepartmentFunction } from "#lib/contract/departments.ts";
import { departments, departmentsOfFile } from "#lib/fields/departments.ts";

const map = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`d${index}`, `a${index}`]));
const ids = (count: number) => Array.from({ length: count }, (_, index) => `d${index}`);
const read = (value: unknown) => ({ path: "departments", value });

describe("departments of a person", () => {
  it("are the first 50 that the map lists; further ones are reported", () => {
    expect(departments(read(["unknown", ...ids(50)]), map)).toMatchObject([
      { fields: { departmentIds: ids(50).map((id) => map[id]) } },
      { path: "departments[0]", problem: "department-unmapped" },
    ]);
    const [encoded, ...told] = departments(read([...ids(51), "d0"]), map);
    expect(encoded?.fields).toEqual({ departmentIds: ids(50).map((id) => map[id]) });
    expect(told).toMatchObject([{ path: "departments", problem: "more-than-50-departments" }]);
  });

  it("of a list too long for any person are read in part, and a few unknown ones are reported", () => {
    const told = departments(read(Array.from({ length: 5000 }, () => "unknown")), map);
    expect(told.filter(({ problem }) => problem === "department-unmapped")).toHaveLength(50);
    expect(told.at(-1)).toMatchObject({ problem: "more-than-50-departments" });
  });
});

describe("departments of a file", () => {
  const map = { "公司/研发/前端": "d1", "D-2": "d2", "Sales, East": "d3", "/Ops/Night/": "d4" };
  const of = (value: unknown) => departmentsOfFile({ value, path: "部门" }, map);

  it.each([
    ["公司/研发/前端", ["d1"]],
    [" 公司 / 研发／前端 ", ["d1"]],
    ["/公司/研发/前端", ["d1"]],
    ["D-2", ["d2"]],
    ["D-2;公司/研发/前端", ["d2", "d1"]],
    ["D-2；公司/研发/前端", ["d2", "d1"]],
    ["D-2, 公司/研发/前端,", ["d2", "d1"]],
    ["Sales, East", ["d3"]],
    ["Ops/Night", ["d4"]],
    [
      ["D-2", "Sales, East"],
      ["d2", "d3"],
    ],
    ["D-2;D-2", ["d2"]],
    ["", []],
    [undefined, []],
  ])("%j are %j", (value, ids) => {
    expect(of(value)).toEqual({ ids, notes: [] });
  });

  it.each([
    ["公司/研发", []],
    ["前端", []],
    ["D-2;市场", ["d2"]],
    [["D-2", { id: "x" }], ["d2"]],
    ["constructor", []],
  ])("that are not in the map are told: %j", (value, ids) => {
    expect(of(value)).toEqual({ ids, notes: ["department-unmapped"] });
  });

  it("beyond 50 are told", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`D${index}`, `d${index}`]));
    const { ids, notes } = departmentsOfFile({ value: Object.keys(many).join(";"), path: "x" }, many);
    expect([ids.length, notes]).toEqual([50, ["more-than-50-departments"]]);
  });
});

describe("departments by a function", () => {
  const read = { value: ["研发", "Sales", "Ops"], path: "depts" };

  it("are what it returns, and dropped where it returns nothing", () => {
    const known = (name: string) => (name === "研发" ? "d-1" : undefined);
    expect(departments(read, known)).toMatchObject([
      { fields: { departmentIds: ["d-1"] }, path: "depts", rule: "departments of inbound.config.ts" },
      { path: "depts[1]", problem: "department-unmapped" },
      { path: "depts[2]", problem: "department-unmapped" },
    ]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("Sales");
      },
    ],
    ["returns a promise", async () => "d-1"],
    ["returns a number", () => 7],
    ["returns null", () => null],
  ])("make the event dead where it %s, and tell no department", (_, broken) => {
    let problem: unknown;
    try {
      departments(read, broken as unknown as DepartmentFunction);
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ code: "malformed", reason: "departments-failed" });
    expect((problem as Error).message).not.toContain("Sales");
  });
});

describe("departments that are passed on", () => {
  it("are the source's own ids", () => {
    expect(departments({ value: [572340001, "RD", ""], path: "depts" }, { by: "code" })).toMatchObject([
      { fields: { departmentIds: ["572340001", "RD"] }, rule: "department by code" },
      { path: "depts[2]", problem: "department-unmapped" },
    ]);
  });
});

describe("what a person is in departments", () => {
  const map = { "1": "d-1", "2": "d-2", "3": "d-3" };
  const memberships = (value: readonly unknown[], roles: Parameters<typeof departments>[2]) =>
    departments({ value, path: "depts" }, map, roles)[0]?.memberships;

  it("is told by Authing's ids, as far as the departments are mapped", () => {
    expect(memberships([1, 2, 9], { leads: new Set(["2", "9"]), main: "1" })).toEqual({
      "d-1": { isMainDepartment: true },
      "d-2": { isLeader: true },
    });
    expect(memberships([1, 2], { leads: new Set(["1"]), main: "1" })).toEqual({
      "d-1": { isLeader: true, isMainDepartment: true },
    });
  });

  it("is nothing where the person only is in them, and the only one is the main one", () => {
    expect(memberships([1, 2], {})).toBeUndefined();
    expect(memberships([1], { main: "1" })).toBeUndefined();
    expect(memberships([1, 9], { main: "9" })).toBeUndefined();
  });

  it("is as much where two departments of the source are one at Authing", () => {
    const both = departments(
      { value: ["a", "b"], path: "depts" },
      { a: "d", b: "d" },
      { leads: new Set(["b"]), main: "a" },
    );
    expect(both[0]).toMatchObject({
      fields: { departmentIds: ["d"] },
      memberships: { d: { isLeader: true } },
    });
  });
});
