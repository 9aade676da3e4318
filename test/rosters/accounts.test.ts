import { describe, expect, it } from "vitest";
import { range } from "../delivery/story.ts";
import { comparedWorld, employee, openRosterWorld } from "./roster-world.ts";

describe("accounts at Authing", () => {
  it("that were changed by hand are mended where it is asked for; closed ones stay closed", async () => {
    const world = await comparedWorld(30);
    const users = world.pool.users();
    const userIdOf = (id: string) => users.find(({ externalId }) => externalId === id)?.userId ?? "";
    await world.byHand.updateUser({ userId: userIdOf("1"), name: "别人" });
    await world.byHand.updateUser({ userId: userIdOf("2"), status: "Suspended" });
    await world.byHand.deleteUsersBatch({ userIds: [userIdOf("3")] });
    expect(await world.roster()).toMatchObject({ unchanged: 30, outcomes: {} });
    world.clock.pass(86_400);
    const report = await world.roster({ verify: true });
    expect(report).toMatchObject({
      unchanged: 30,
      verified: { accounts: 30, differing: 2, closed: 1, fields: { name: 1, account: 1 } },
      outcomes: { accepted: 2 },
    });
    expect(world.statuses()).toMatchObject({ "2": "Suspended", "3": "Activated" });
    expect(world.pool.users().find(({ externalId }) => externalId === "1")?.name).toBe("张三 1");
    world.clock.pass(86_400);
    expect(await world.roster({ verify: true })).toMatchObject({ verified: { differing: 0, closed: 1 } });
  });

  it("whose departments were changed by hand are moved back, by whatever ids the departments were told", async () => {
    const organizations = [
      {
        code: "acme",
        name: "Acme",
        departments: [
          { id: "d-1", name: "研发", code: "rd" },
          { id: "d-2", name: "Sales", code: "sales" },
        ],
      },
    ];
    const by = { scope: undefined, departments: { by: "code" as const } };
    const world = await openRosterWorld({ organizations, departments: ["d-1", "d-2"], rules: by as never });
    for (const id of range(3)) world.company.people.set(id, employee(id, { departmentIds: ["rd", "sales"] }));
    world.company.people.set("3", employee("3"));
    await world.roster();
    const shown = () =>
      Object.fromEntries(
        world.pool.users().map(({ externalId, departmentIds }) => [externalId, departmentIds]),
      );
    expect(shown()).toEqual({ "0": ["d-1", "d-2"], "1": ["d-1", "d-2"], "2": ["d-1", "d-2"], "3": [] });
    const userIdOf = (id: string) =>
      world.pool.users().find(({ externalId }) => externalId === id)?.userId ?? "";
    await world.byHand.setUserDepartments({ userId: userIdOf("1"), departments: [{ departmentId: "d-2" }] });
    await world.byHand.deleteUsersBatch({ userIds: [userIdOf("2")] });
    world.clock.pass(86_400);
    expect(await world.roster({ verify: true })).toMatchObject({
      unchanged: 4,
      verified: { differing: 2, fields: { departmentIds: 1, account: 1 } },
      outcomes: { accepted: 2 },
    });
    expect(shown()).toEqual({ "0": ["d-1", "d-2"], "1": ["d-1", "d-2"], "2": ["d-1", "d-2"], "3": [] });
    world.clock.pass(86_400);
    expect(await world.roster({ verify: true })).toMatchObject({ verified: { differing: 0 }, outcomes: {} });
  });

  it("without our id are linked only by the rule of the run, and only where the identifier is verified", async () => {
    const world = await openRosterWorld();
    for (const id of range(6)) world.company.people.set(id, employee(id));
    world.company.people.set("5", employee("5", { username: "taken" }));
    await world.byHand.createUsersBatch({
      list: [
        { email: "p0@example.com", emailVerified: true },
        { email: "p1@example.com" },
        { email: "p2@example.com", emailVerified: true, externalId: "another" },
        { email: "p5@example.com", emailVerified: true },
        { username: "taken" },
      ],
    });
    expect(await world.roster({ plan: true })).toMatchObject({
      foretold: { accepted: 2, "held account-exists (email)": 4 },
    });
    const run = await world.begin({ plan: true, adopt: "email" });
    await world.work();
    const plan = await world.report(run);
    expect(plan).toMatchObject({
      adopted: { linked: 1, unverified: 1, "has-an-id": 1, "several-accounts": 1 },
      foretold: { accepted: 2, "accepted linked": 1, "held account-exists (email)": 3 },
    });
    expect(await world.applyPlan(run)).toMatchObject({ outcomes: plan.foretold });
    expect(world.pool.users().find(({ email }) => email === "p0@example.com")).toMatchObject({
      externalId: "0",
    });
    expect(world.pool.users().find(({ email }) => email === "p1@example.com")?.externalId).toBeFalsy();
  });
});
