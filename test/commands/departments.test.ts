import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import type { BothDepartments } from "#lib/rosters/departments.ts";
import { matchDepartments } from "#infra/commands/department-map.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import type { SandboxOrganization } from "#infra/sandbox/organizations.ts";
import { journey } from "../journeys/stack.ts";
import { run, untilTheTestEnds } from "./real-command.ts";

const acme = (...departments: BothDepartments["organizations"][number]["departments"]) => [
  { code: "acme", name: "Acme", departmentId: "top", departments },
];

describe("departments of both sides are matched", () => {
  const source = [
    { id: "0", name: "" },
    { id: "1", name: "研发", parent: "0" },
    { id: "2", name: "前端", parent: "1" },
    { id: "3", name: "Sales", parent: "0" },
  ];
  const matches = (both: BothDepartments, configured = {}) =>
    matchDepartments(both, configured).tree.map(({ id, match }) =>
      [id, match?.id, match?.by].filter(Boolean).join(" "),
    );

  it("by their paths, without the company, which is the organization", () => {
    const organizations = acme(
      { id: "a", name: "研发" },
      { id: "b", name: " 前端", parent: "a" },
      { id: "c", name: "SALES" },
    );
    expect(matches({ source, organizations })).toEqual(["0 top path", "1 a path", "2 b path", "3 c path"]);
  });

  it("else by a name that each side has once", () => {
    const organizations = acme(
      { id: "x", name: "中国" },
      { id: "b", name: "前端", parent: "x" },
      { id: "c", name: "Sales", parent: "x" },
      { id: "d", name: "Sales" },
      { id: "e", name: "Sales", parent: "d" },
    );
    const { tree, onlyAtAuthing } = matchDepartments({ source, organizations });
    expect(tree.map(({ match }) => match?.id)).toEqual(["top", undefined, "b", "d"]);
    expect(tree[2]?.match).toEqual({ id: "b", path: "Acme/中国/前端", by: "name" });
    expect(onlyAtAuthing.map(({ path }) => path)).toEqual([
      "Acme/中国",
      "Acme/中国/Sales",
      "Acme/Sales/Sales",
    ]);
  });

  it("not by a name that either side has several times; how many there are is told", () => {
    const organizations = acme(
      { id: "x", name: "中国" },
      { id: "y", name: "日本" },
      { id: "a", name: "研发", parent: "x" },
      { id: "b", name: "研发", parent: "y" },
    );
    expect(matchDepartments({ source, organizations }).tree[1]).toMatchObject({ candidates: 2 });
    const twice = [...source, { id: "4", name: "前端", parent: "3" }];
    expect(matches({ source: twice, organizations: acme({ id: "b", name: "前端" }) })).toEqual([
      "0 top path",
      "1",
      "2",
      "3",
      "4",
    ]);
  });

  it("as the configuration says, where Authing has what it names", () => {
    const organizations = acme({ id: "a", name: "研发" }, { id: "z", name: "Vertrieb" });
    const configured = { "3": "z", "1": "gone" };
    expect(matches({ source, organizations }, configured)).toEqual([
      "0 top path",
      "1 a path",
      "2",
      "3 z configuration",
    ]);
    expect(matchDepartments({ source, organizations }, configured).unknown).toEqual(["gone"]);
  });

  it("whatever their trees are: departments without a parent, in a circle, or a hundred thousand of them", () => {
    const odd = [
      { id: "1", name: "A", parent: "nowhere" },
      { id: "2", name: "B", parent: "3" },
      { id: "3", name: "C", parent: "2" },
      { id: "4", name: "D", parent: "4" },
    ];
    expect(
      matchDepartments({ source: odd, organizations: [] })
        .tree.map(({ id }) => id)
        .toSorted(),
    ).toEqual(["1", "2", "3", "4"]);
    const deep = Array.from({ length: 3000 }, (_, at) => ({ id: `${at}`, name: "x", parent: `${at - 1}` }));
    expect(matchDepartments({ source: deep, organizations: [] }).tree).toHaveLength(3000);
  });
});

describe("npm run departments", () => {
  const organizations: SandboxOrganization[] = [
    {
      code: "example",
      name: "示例公司",
      departments: [
        { id: "d-1", name: "研发部" },
        { id: "d-2", name: "Frontend", parent: "d-1" },
        { id: "d-3", name: "Legal" },
      ],
    },
  ];

  it.each(["feishu", "dingtalk", "wecom"] as const)(
    "prints a map to paste, and what is missing: %s",
    async (name) => {
      const list = readListFixture(name);
      const api = await startRecordedApi([
        { answers: list?.departments?.answers ?? [] },
        { answers: list?.answers ?? [] },
      ]);
      await untilTheTestEnds({ port: 0, close: () => api.close() });
      const stage = await journey({
        config: defineConfig({ sources: { [name]: {} } as Record<typeof name, object> }),
        sandbox: { organizations },
      });
      stage.secrets[`sources/${name}`] = {
        current: { ...(fixtureSecret(name) as object), apiHost: api.url },
      };
      const { status, out, error } = await run("departments", [name, "--url", stage.stack.url]);
      expect(error).toBe("");
      expect(status).toBe(0);
      const [research] = list?.departments?.departments.filter((each) => each.name === "研发部") ?? [];
      expect(out).toContain(`  ${JSON.stringify(research?.id)}: "d-1", // 研发部`);
      expect(out).toContain("only at Authing: 示例公司/Legal (d-3)");
      expect(out.trimEnd().endsWith("\n},")).toBe(true);
    },
  );

  it("says so where the source lists none", async () => {
    const stage = await journey({
      config: defineConfig({ sources: { okta: {} } }),
      sandbox: { organizations },
    });
    stage.secrets["sources/okta"] = { current: fixtureSecret("okta") };
    const { status, error } = await run("departments", ["okta", "--url", stage.stack.url]);
    expect({ status, error }).toMatchObject({
      status: 1,
      error: expect.stringContaining("lists no departments") as unknown,
    });
  });
});
