import { describe, expect, it } from "vitest";
import { departments } from "#lib/fields/departments.ts";

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
