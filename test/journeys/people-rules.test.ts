import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SandboxOrganization } from "#infra/sandbox/organizations.ts";
import { journey, type Journey } from "./stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "./told-source.ts";

// What a configuration says of a source's people, from the delivery to the account.

type Settings = Omit<NonNullable<Parameters<typeof defineConfig>[0]["sources"][string]>, "source">;

async function openJourney(settings: Settings, organizations?: readonly SandboxOrganization[]) {
  const config = defineConfig({ sources: { hr: { source: toldSource, ...settings } } });
  const run = await journey({ config, sandbox: { ...(organizations && { organizations }) } });
  run.secrets["sources/hr"] = { current: toldSecret };
  return run;
}

async function tell(run: Journey, subject: string, ...changes: readonly Change[]): Promise<string> {
  expect((await run.send("hr", told(subject, changes))).status).toBe(202);
  await run.stack.settled();
  const [{ outcome } = { outcome: undefined }] = run.stack.ledger.recent(1);
  return `${outcome?.kind} ${outcome?.reason ?? ""}`.trim();
}

const accounts = ({ stack }: Journey) =>
  (stack.sandbox?.users() ?? []).map(({ externalId, status, city }) =>
    [externalId, status ?? "Activated", city].filter(Boolean).join(" "),
  );

const moves = (externalId: string, person: object, complete = true): Change => ({
  kind: "update",
  who: { externalId },
  complete,
  person: { externalId, email: `p${externalId}@example.com`, ...person },
  trail: {},
});

describe("the scope of a source", () => {
  const scope = ({ person, isWhole }: { person: { city?: string }; isWhole: boolean }) =>
    !isWhole || person.city === "杭州";

  it("brings no other person; explain says why", async () => {
    const run = await openJourney({ scope });
    expect(await tell(run, "1", joins("1", { city: "北京" }))).toBe("already-done out-of-scope");
    expect(await tell(run, "2", joins("2", { city: "杭州" }))).toBe("accepted");
    expect(accounts(run)).toEqual(["2 Activated 杭州"]);
    const { events } = (await run.operate({ operation: "explain", asked: "1" })).body;
    expect(events).toMatchObject([{ outcome: { kind: "already-done", reason: "out-of-scope" } }]);
  });

  it("lets a person who falls out of it stay as they are, and leave for good", async () => {
    const run = await openJourney({ scope });
    await tell(run, "1", joins("1", { city: "杭州" }));
    expect(await tell(run, "1", moves("1", { city: "北京" }))).toBe("already-done out-of-scope");
    expect(accounts(run)).toEqual(["1 Activated 杭州"]);
    expect(await tell(run, "1", leaves("1"))).toBe("accepted");
    expect(accounts(run)).toEqual(["1 Resigned 杭州"]);
  });

  it("lets them leave where the configuration says so, once, and only people that the source has brought", async () => {
    const run = await openJourney({ scope, outOfScope: "leave" });
    await tell(run, "1", joins("1", { city: "杭州" }));
    expect(await tell(run, "2", joins("2", { city: "北京" }))).toBe("already-done out-of-scope");
    // What has not changed is not told: such an event lets no person leave.
    expect(await tell(run, "1", moves("1", { nickname: "一" }, false))).toBe("accepted");
    expect(await tell(run, "1", moves("1", { city: "北京" }))).toBe("accepted");
    expect(accounts(run)).toEqual(["1 Resigned 杭州"]);
    expect(await tell(run, "1", moves("1", { city: "上海" }))).toBe("already-done out-of-scope");
    expect(await tell(run, "2", joins("2", { city: "杭州" }))).toBe("accepted");
    expect(accounts(run)).toEqual(["1 Resigned 杭州", "2 Activated 杭州"]);
  });

  it("that is wrong for everybody does not empty the pool", async () => {
    let isWrong = false;
    const run = await openJourney({ scope: () => !isWrong, outOfScope: "leave" });
    for (let id = 1; id <= 15; id += 1) await tell(run, String(id), joins(String(id)));
    isWrong = true;
    for (let id = 1; id <= 15; id += 1) await tell(run, String(id), moves(String(id), {}));
    expect(accounts(run).filter((account) => account.includes("Resigned"))).toHaveLength(10);
    expect((await run.operate({ operation: "list", kinds: ["held"] })).body.rows).toHaveLength(5);
  });
});

describe("the map of a source", () => {
  it("makes people as the company wants them, and the trail says so", async () => {
    const run = await openJourney({
      map: ({ person }) => ({ ...person, username: person.email?.split("@")[0], company: "Acme" }),
    });
    await tell(run, "1", joins("1", { name: "张三" }));
    expect(run.stack.sandbox?.users()).toMatchObject([{ username: "p1", company: "Acme", name: "张三" }]);
    const { events } = (await run.operate({ operation: "explain", asked: "hr/1" })).body;
    expect(events[0].trail).toMatchObject({ username: "inbound.config.ts · map" });
  });

  it("that fails parks the event as dead with the name of the function; once mended, the event is redriven", async () => {
    let isBroken = true;
    const run = await openJourney({
      map({ person }) {
        if (isBroken) throw new Error(person.email);
        return person;
      },
    });
    expect(await tell(run, "1", joins("1"))).toBe("dead map-failed");
    const { rows } = (await run.operate({ operation: "list", kinds: ["dead"] })).body;
    expect(rows).toMatchObject([{ reason: "map-failed", path: "inbound.config.ts sources.hr.map" }]);
    expect(JSON.stringify([rows, run.log])).not.toContain("p1@example.com");
    isBroken = false;
    await run.operate({ operation: "redrive", mode: "apply", reason: "map-failed" });
    await run.stack.settled();
    expect(accounts(run)).toEqual(["1 Activated"]);
  });
});

describe("departments that are passed on by their codes", () => {
  const organizations = [
    {
      code: "acme",
      name: "Acme",
      departments: [
        { id: "d-1", name: "研发", code: "RD" },
        { id: "d-2", name: "Sales", code: "SALES" },
      ],
    },
  ];
  const departmentsOf = (run: Journey) =>
    run.stack.sandbox?.users().map(({ departmentIds }) => departmentIds);

  it("are those of a joiner, and of a mover", async () => {
    const run = await openJourney({ departments: { by: "code" } }, organizations);
    expect(await tell(run, "1", joins("1", { departmentIds: ["RD"] }))).toBe("accepted");
    expect(departmentsOf(run)).toEqual([["d-1"]]);
    expect(await tell(run, "1", moves("1", { departmentIds: ["SALES", "RD"] }))).toBe("accepted");
    expect(departmentsOf(run)).toEqual([["d-2", "d-1"]]);
    // A mover who is unknown is created with them.
    expect(await tell(run, "2", moves("2", { departmentIds: ["SALES"] }))).toBe("accepted");
    expect(departmentsOf(run)).toEqual([["d-2", "d-1"], ["d-2"]]);
  });

  it("reject a code that Authing does not have, and apply everything else", async () => {
    const run = await openJourney({ departments: { by: "code" } }, organizations);
    await tell(run, "1", joins("1", { departmentIds: ["RD"] }));
    expect(await tell(run, "1", moves("1", { city: "上海", departmentIds: ["HR"] }))).toMatch(/^rejected/);
    expect(accounts(run)).toEqual(["1 Activated 上海"]);
    expect(departmentsOf(run)).toEqual([["d-1"]]);
  });
});

describe("what a person is in departments", () => {
  const inTwo = { departmentIds: ["d-1", "d-2"] };
  const memberships = { "d-1": { isLeader: true }, "d-2": { isMainDepartment: true } } as const;
  const toldOf = (run: Journey) =>
    (run.stack.sandbox?.requests ?? [])
      .filter(({ operation }) => operation === "set-user-departments")
      .map(({ body }) => (body as { departments: unknown }).departments);
  const asTold = [
    { departmentId: "d-1", isLeader: true },
    { departmentId: "d-2", isMainDepartment: true },
  ];

  it("is told of a joiner in a call of its own, and of a mover; of no other person", async () => {
    const run = await openJourney({});
    expect(await tell(run, "1", { ...joins("1", inTwo), memberships } as Change)).toBe("accepted");
    expect(toldOf(run)).toEqual([asTold]);
    expect(await tell(run, "2", joins("2", inTwo))).toBe("accepted");
    expect(toldOf(run)).toHaveLength(1);
    expect(await tell(run, "2", { ...moves("2", inTwo), memberships } as Change)).toBe("accepted");
    expect(await tell(run, "3", { ...moves("3", inTwo), memberships } as Change)).toBe("accepted");
    expect(toldOf(run)).toEqual([asTold, asTold, asTold]);
  });

  it("is told again where the call is lost; the account is made once", async () => {
    const run = await openJourney({});
    run.stack.sandbox?.script([
      { on: "set-user-departments", fault: { kind: "reset-before-applying" }, times: 1 },
    ]);
    expect(await tell(run, "1", { ...joins("1", inTwo), memberships } as Change)).toBe("accepted");
    expect(toldOf(run).at(-1)).toEqual(asTold);
    expect(accounts(run)).toEqual(["1 Activated"]);
  });
});
