import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { parkedList } from "../contract/parked-list.ts";
import { leave, mover, range } from "../delivery/story.ts";
import { comparedWorld, employee, openRosterWorld, type RosterWorld } from "./roster-world.ts";

const writes = (world: RosterWorld) =>
  world.pool.requests.filter(({ operation }) => !operation.startsWith("get-"));

describe("the first roster", () => {
  it("brings everybody, fifty at a call, and the next one calls Authing not at all", async () => {
    const world = await openRosterWorld();
    for (const id of range(120)) world.company.people.set(id, employee(id));
    const report = await world.roster();
    expect(report).toMatchObject({ state: "finished", joiners: 120, outcomes: { accepted: 120 } });
    expect(world.pool.requests.filter(({ operation }) => operation === "create-users-batch")).toHaveLength(3);
    expect(Object.keys(world.statuses())).toHaveLength(120);
    const before = world.pool.requests.length;
    world.clock.pass(86_400);
    const next = await world.roster();
    expect(next).toMatchObject({
      state: "finished",
      joiners: 0,
      movers: 0,
      unchanged: 120,
      requests: { authing: 0 },
    });
    expect(world.pool.requests).toHaveLength(before);
  });

  it("may be planned: nothing is written until it is applied, and then just that", async () => {
    const world = await openRosterWorld();
    for (const id of range(60)) world.company.people.set(id, employee(id));
    await world.byHand.createUsersBatch({
      list: [
        { email: "p7@example.com", name: "somebody" },
        { email: "else@example.com", externalId: "8" },
      ],
    });
    const before = writes(world).length;
    const run = await world.begin({ plan: true });
    await world.work();
    const plan = await world.report(run);
    expect(plan).toMatchObject({
      state: "planned",
      joiners: 60,
      foretold: { accepted: 58, "held account-exists (email)": 1, "held account-exists (externalId)": 1 },
    });
    expect(plan.estimate?.requests).toBeGreaterThan(0);
    expect(writes(world)).toHaveLength(before);
    expect(await world.ledger.countSubjects("hr")).toBe(0);
    // Who is listed after the plan was made is not in it.
    world.company.people.set("60", employee("60"));
    const applied = await world.applyPlan(run);
    expect(applied).toMatchObject({ state: "finished", outcomes: plan.foretold });
    expect(await world.ledger.subject("hr", "60")).toBeUndefined();
    await expect(world.applyPlan(run)).rejects.toMatchObject({ reason: "roster-not-planned" });
    // What an operator has been asked is not asked anew, until it is decided.
    world.clock.pass(86_400);
    const next = await world.roster();
    expect(next).toMatchObject({ joiners: 1, undecided: 2, unchanged: 58, outcomes: { accepted: 1 } });
    expect(await parkedList(world.parked, "held", 100)).toHaveLength(2);
    await world.byHand.updateUser({
      userId: "8",
      externalId: "none",
      options: { userIdType: "external_id" },
    });
    world.company.people.set("8", employee("8", { city: "杭州" }));
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ joiners: 1, undecided: 1, outcomes: { accepted: 1 } });
    expect(await parkedList(world.parked, "held", 100)).toHaveLength(1);
  });

  it("refuses a plan of yesterday", async () => {
    const world = await openRosterWorld();
    world.company.people.set("1", employee("1"));
    const run = await world.begin({ plan: true });
    await world.work();
    world.clock.pass(25 * 3600);
    await expect(world.applyPlan(run)).rejects.toMatchObject({ reason: "roster-plan-too-old" });
  });
});

describe("a person who is listed", () => {
  it("and differs, gets the fields that differ and no other", async () => {
    const world = await comparedWorld(3);
    world.company.people.set("1", employee("1", { city: "杭州", name: "张三" }));
    const report = await world.roster();
    expect(report).toMatchObject({
      movers: 1,
      unchanged: 2,
      fields: { city: 1, name: 1 },
      outcomes: { accepted: 1 },
    });
    expect(world.pool.users().find(({ externalId }) => externalId === "1")).toMatchObject({
      city: "杭州",
      name: "张三",
    });
    expect(writes(world).slice(1)).toHaveLength(1);
    expect(await world.ledger.event({ source: "hr", id: `roster/${report.run}/1` })).toMatchObject({
      type: "roster.listed",
      proof: "source-api",
      changes: ["update"],
    });
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ movers: 0, unchanged: 3 });
  });

  it("and was changed by a webhook while the list was read, keeps what the webhook told", async () => {
    const world = await comparedWorld(3);
    world.company.people.set("1", employee("1", { city: "杭州" }));
    world.company.beforePage = async () => {
      delete world.company.beforePage;
      world.clock.pass(5);
      await world.tell("moved", "1", [mover({ city: "上海" })]);
    };
    await world.roster();
    expect(world.pool.users().find(({ externalId }) => externalId === "1")).toMatchObject({ city: "上海" });
  });

  it("and was closed by this source, is back", async () => {
    const world = await comparedWorld(3);
    await world.tell("left", "1", [leave("1")]);
    expect(world.statuses()["1"]).toBe("Resigned");
    expect(await world.roster()).toMatchObject({ back: 1, outcomes: { accepted: 1 } });
    expect(world.statuses()["1"]).toBe("Activated");
  });

  it("and was closed by this source, is rejected once where the policy wants it, and said anew when something else is said", async () => {
    const world = await comparedWorld(3, { rehire: "reject" });
    await world.tell("left", "1", [leave("1")]);
    const rejected = async () =>
      (await parkedList(world.parked, "rejected", 10)).map(({ ledgerId }) => ledgerId);
    const first = await world.roster();
    expect(first).toMatchObject({
      back: 1,
      rejectedBefore: 0,
      outcomes: { "rejected account-not-active (status)": 1 },
    });
    expect(await rejected()).toEqual([`roster/${first.run}/1`]);
    for (let night = 0; night < 2; night += 1) {
      world.clock.pass(86_400);
      expect(await world.roster()).toMatchObject({ back: 0, rejectedBefore: 1, unchanged: 2, outcomes: {} });
      expect(await rejected()).toEqual([`roster/${first.run}/1`]);
    }
    world.company.people.set("1", employee("1", { city: "杭州" }));
    world.clock.pass(86_400);
    const other = await world.roster();
    expect(other).toMatchObject({ back: 1, rejectedBefore: 0 });
    expect(await rejected()).toEqual([`roster/${other.run}/1`]);
    // Who is not listed any more is not back either.
    world.company.people.delete("1");
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ back: 0, rejectedBefore: 0, departures: { absent: 0 } });
    expect(await rejected()).toEqual([]);
  });

  it("and was closed by this source, stays closed where the source does not show that they are active", async () => {
    const world = await comparedWorld(3);
    await world.tell("left", "1", [leave("1")]);
    const { person } = employee("1");
    world.company.people.set("1", {
      person,
      changes: [{ kind: "update", who: { externalId: "1" }, person, complete: true, trail: {} }],
    });
    expect(await world.roster()).toMatchObject({ back: 0, unchanged: 3 });
    expect(world.statuses()["1"]).toBe("Resigned");
  });

  it("as one who has left, leaves; and once only", async () => {
    const world = await comparedWorld(3);
    world.company.people.set("1", { ...employee("1"), hasLeft: true });
    expect(await world.roster()).toMatchObject({
      departures: { listed: 1, absent: 0 },
      outcomes: { accepted: 1 },
    });
    expect(world.statuses()["1"]).toBe("Resigned");
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ closed: 1, departures: { listed: 0 }, outcomes: {} });
  });

  it("and cannot be used, is counted with the reason, and is not absent", async () => {
    const world = await comparedWorld(3);
    world.company.people.set("1", { ...employee("1"), isBroken: true });
    world.company.people.set("9", {
      person: {},
      changes: [{ kind: "update", who: {}, person: { name: "李四" }, complete: false, trail: {} }],
    });
    const report = await world.roster();
    expect(report.read).toMatchObject({
      people: 4,
      inScope: 2,
      unusable: 2,
      reasons: { "person-incomplete": 1, "name-missing": 1 },
    });
    expect(report.departures).toMatchObject({ absent: 0 });
  });

  it("twice counts as the last time says", async () => {
    const world = await comparedWorld(3);
    world.company.pageSize = 2;
    const page = world.ports().source("hr")!.list!;
    const original = page.page.bind(page);
    page.page = async (api, cursor) => {
      const read = await original(api, cursor);
      return cursor === undefined
        ? { ...read, people: [...read.people, { subject: "2", type: "listed", payload: { changes: [] } }] }
        : read;
    };
    world.company.people.set("2", employee("2", { city: "杭州" }));
    expect(await world.roster()).toMatchObject({ read: { people: 3 }, movers: 1 });
  });
});

describe("a person out of scope", () => {
  const scope = ({ person }: { person: { city?: string | undefined } }) => person.city !== "外部";
  it.each(["keep", "leave"] as const)("is counted, and with %s becomes what it says", async (outOfScope) => {
    const rules = { scope: scope as never, outOfScope, departments: {} };
    const world = await comparedWorld(12, { rules });
    world.company.people.set("1", employee("1", { city: "外部" }));
    world.company.people.set("99", employee("99", { city: "外部" }));
    const report = await world.roster();
    const leaves = outOfScope === "leave";
    expect(report).toMatchObject({
      read: { people: 13, outOfScope: leaves ? 1 : 2 },
      unchanged: 11,
      joiners: 0,
      departures: { listed: leaves ? 1 : 0, absent: 0 },
    });
    expect(world.statuses()["1"]).toBe(leaves ? "Resigned" : "Activated");
    expect(world.statuses()).not.toHaveProperty("99");
  });
});

describe("a person of another source", () => {
  it("is counted, and not touched", async () => {
    const world = await comparedWorld(3);
    await world.ledger.recordPeople([
      { externalId: "9", userId: "u-9", createdBy: "clerk/e-1", owner: "clerk" },
    ]);
    world.company.people.set("9", employee("9"));
    const before = world.pool.requests.length;
    expect(await world.roster()).toMatchObject({ others: 1, joiners: 0, unchanged: 3, outcomes: {} });
    expect(world.pool.requests).toHaveLength(before);
  });
});

describe("a person who is not listed", () => {
  it("leaves where the source has no such person", async () => {
    const world = await comparedWorld(30);
    for (const id of range(5)) world.company.people.delete(id);
    const report = await world.roster();
    expect(report).toMatchObject({
      departures: { absent: 5, proven: 5, stillThere: 0, areHeld: false },
      outcomes: { accepted: 5 },
    });
    expect(world.company.personsAsked).toBe(5);
    expect(world.statuses()["4"]).toBe("Resigned");
    expect(await world.ledger.event({ source: "hr", id: `roster/${report.run}/4` })).toMatchObject({
      type: "roster.absent",
      changes: ["leave"],
    });
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ departures: { absent: 0 }, unchanged: 25 });
  });

  it("stays where the source knows them, and what differs is mended", async () => {
    const world = await comparedWorld(30);
    world.company.people.set("3", { ...employee("3", { city: "杭州" }), isHidden: true });
    world.company.people.set("4", { ...employee("4"), isHidden: true });
    world.company.people.set("5", { ...employee("5"), isHidden: true, hasLeft: true });
    expect(await world.roster()).toMatchObject({
      departures: { absent: 3, proven: 1, stillThere: 2, differing: 1 },
      outcomes: { accepted: 2 },
    });
    expect(world.statuses()).toMatchObject({ "3": "Activated", "4": "Activated", "5": "Resigned" });
  });

  it("stays where the source cannot say it", async () => {
    const world = await comparedWorld(30);
    for (const id of range(5)) world.company.people.delete(id);
    world.company.personFailure = new InboundError("misconfigured", "source-refused");
    const report = await world.roster();
    expect(report.departures).toMatchObject({
      absent: 5,
      proven: 0,
      unproven: 5,
      reasons: { "source-refused": 5 },
    });
    expect(report.outcomes).toEqual({});
    expect(Object.values(world.statuses()).every((status) => status === "Activated")).toBe(true);
  });
});

describe("a list that cannot be believed changes nothing", () => {
  const lies: Record<string, [reason: string, lie: (world: RosterWorld) => void]> = {
    "one without people": ["roster-empty", ({ company }) => company.people.clear()],
    "one that says it is not complete": [
      "roster-incomplete",
      ({ company }) => void (company.isComplete = false),
    ],
    "one with another total": ["roster-total-differs", ({ company }) => void (company.total = 31)],
    "one without an end": ["source-list-endless", ({ company }) => void (company.again = "0")],
    "one whose page fails": [
      "source-unreachable",
      ({ company }) =>
        void company.pageFailures.set(1, new InboundError("unavailable", "source-unreachable")),
    ],
    "one that is refused": [
      "source-refused",
      ({ company }) => void company.pageFailures.set(0, new InboundError("misconfigured", "source-refused")),
    ],
  };
  it.each(Object.entries(lies))("%s", async (_, [reason, lie]) => {
    const world = await comparedWorld(30);
    world.company.pageSize = 20;
    world.company.people.set("1", employee("1", { city: "杭州" }));
    world.company.people.delete("2");
    lie(world);
    const before = world.pool.requests.length;
    const report = await world.roster();
    expect(report).toMatchObject({ state: "refused", problem: { reason } });
    expect(world.pool.requests).toHaveLength(before);
    expect(world.log.some((line) => line.startsWith("error roster refused"))).toBe(true);
    // The next good one mends it.
    world.company.pageFailures.clear();
    delete world.company.total;
    delete world.company.again;
    world.company.isComplete = true;
    for (const id of range(30)) if (id !== "2") world.company.people.set(id, employee(id));
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({ state: "finished", departures: { proven: 1 } });
  });

  it("a page that fails for a while is read again", async () => {
    const world = await comparedWorld(30);
    world.company.pageSize = 20;
    world.company.pageFailures.set(1, new InboundError("unavailable", "source-throttles"));
    let tries = 0;
    world.company.beforePage = async (page) => {
      if (page === 1 && (tries += 1) > 8) world.company.pageFailures.clear();
    };
    expect(await world.roster()).toMatchObject({ state: "finished", unchanged: 30 });
  });
});

describe("many departures at once", () => {
  it("are held, joiners and movers go on, and the alarm names the departments that lose most", async () => {
    const world = await openRosterWorld({ departments: ["d-1", "d-2"] });
    for (const id of range(100))
      world.company.people.set(id, employee(id, { departmentIds: [Number(id) < 30 ? "d-1" : "d-2"] }));
    await world.roster();
    world.clock.pass(86_400);
    for (const id of range(16)) world.company.people.delete(id);
    world.company.people.set("100", employee("100"));
    world.company.people.set("50", employee("50", { city: "杭州", departmentIds: ["d-2"] }));
    const report = await world.roster();
    expect(report).toMatchObject({
      state: "finished",
      joiners: 1,
      movers: 1,
      departures: { proven: 16, areHeld: true, taken: 10, lost: ["−16 d-1"] },
      outcomes: { accepted: 2, "held mass-departure": 16 },
    });
    expect(Object.values(world.statuses()).every((status) => status === "Activated")).toBe(true);
    expect(await parkedList(world.parked, "held", 100)).toHaveLength(16);
    const alarm = world.log.find((line) => line.startsWith("error departures held"));
    expect(alarm).toContain('"departments":"−16 d-1"');

    // The next good roster clears them: 12 are back in the list, four have left indeed.
    for (const id of range(12)) world.company.people.set(id, employee(id, { departmentIds: ["d-1"] }));
    world.clock.pass(86_400);
    expect(await world.roster()).toMatchObject({
      departures: { proven: 4, areHeld: false },
      outcomes: { accepted: 4 },
    });
    expect(await parkedList(world.parked, "held", 100)).toEqual([]);
    expect(await world.ledger.event({ source: "hr", id: `roster/${report.run}/1` })).toMatchObject({
      outcome: { kind: "superseded" },
    });
  });

  it("are taken up to the limit, and are not counted again by the hour", async () => {
    const world = await comparedWorld(400);
    for (const id of range(18)) world.company.people.delete(id);
    expect(await world.roster()).toMatchObject({
      departures: { proven: 18, areHeld: false, taken: 20 },
      outcomes: { accepted: 18 },
    });
  });
});

describe("two runs", () => {
  it("of a source never overlap", async () => {
    const world = await comparedWorld(3);
    world.company.pageFailures.set(0, new InboundError("unavailable", "source-throttles"));
    const first = await world.begin();
    let second = "";
    let tries = 0;
    world.company.beforePage = async () => {
      if ((tries += 1) === 1) second = await world.begin();
      else world.company.pageFailures.delete(0);
    };
    await world.work();
    expect(await world.report(first)).toMatchObject({ state: "finished" });
    expect(await world.report(second)).toMatchObject({
      state: "refused",
      problem: { reason: "roster-running" },
    });
  });

  it("a plan does not keep the next run away", async () => {
    const world = await comparedWorld(3);
    await world.begin({ plan: true });
    await world.work();
    expect(await world.roster()).toMatchObject({ state: "finished" });
  });
});

describe("how full fields are", () => {
  it("is told beside the last time, and a field that no person has any more is an alarm", async () => {
    const world = await openRosterWorld();
    for (const id of range(10)) world.company.people.set(id, employee(id, { city: "杭州" }));
    await world.roster();
    for (const id of range(10)) world.company.people.set(id, employee(id));
    world.clock.pass(86_400);
    const report = await world.roster();
    expect(report.filled).toMatchObject({ city: { now: 0, before: 10 }, email: { now: 10, before: 10 } });
    expect(report.missing).toEqual(["city"]);
    expect(world.log.some((line) => line.startsWith("error roster lacks fields"))).toBe(true);
    // What is absent is never blanked.
    expect(world.pool.users()[0]).toMatchObject({ city: "杭州" });
  });
});

it("leaves nothing about people in its folder, and a report without values", async () => {
  const world = await comparedWorld(30);
  for (const id of range(3)) world.company.people.delete(id);
  world.company.people.set("8", employee("8", { name: "东方朔" }));
  const report = await world.roster();
  const left = world.objects.keys("rosters/");
  expect(left.filter((key) => !/\/(state|last)\.json$/.test(key))).toEqual([]);
  const page = world.objects.get(`results/roster/hr/${report.run}/report.html`)?.bytes.toString() ?? "";
  expect(page).toContain("Roster report");
  for (const key of [...left, ...world.objects.keys("results/")]) {
    const text = world.objects.get(key)?.bytes.toString() ?? "";
    expect(text).not.toContain("example.com");
    expect(text).not.toContain("东方朔");
  }
});
