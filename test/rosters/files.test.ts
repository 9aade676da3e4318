import { describe, expect, it } from "vitest";
import type { PeopleRules } from "#lib/pipeline/people-rules.ts";
import { parkedList } from "../contract/parked-list.ts";
import { range } from "../delivery/story.ts";
import { employee, openRosterWorld } from "./roster-world.ts";

const header = "工号,姓名,邮箱,城市\n";
const row = (id: string, city = "") => `${id},张三 ${id},p${id}@example.com,${city}\n`;
const staff = (ids: readonly string[]) => header + ids.map((id) => row(id)).join("");

describe("a roster that is a file, of a source that has only rosters", () => {
  it("brings, changes and closes people, and a repetition changes nothing", async () => {
    const world = await openRosterWorld();
    expect(await world.upload("acme", staff(range(40)))).toMatchObject({
      state: "finished",
      joiners: 40,
      outcomes: { accepted: 40 },
    });
    world.clock.pass(86_400);
    const before = world.pool.requests.length;
    expect(await world.upload("acme", staff(range(40)))).toMatchObject({
      unchanged: 40,
      requests: { authing: 0 },
    });
    expect(world.pool.requests).toHaveLength(before);
    world.clock.pass(86_400);
    const next =
      header +
      row("5", "杭州") +
      range(34, 6)
        .map((id) => row(id))
        .join("") +
      row("40");
    expect(await world.upload("acme", next)).toMatchObject({
      joiners: 1,
      movers: 1,
      fields: { city: 1 },
      departures: { absent: 5, proven: 5, areHeld: false },
      outcomes: { accepted: 7 },
    });
    expect(world.statuses()).toMatchObject({ "0": "Resigned", "4": "Resigned", "5": "Activated" });
    world.clock.pass(86_400);
    expect(await world.upload("acme", staff(range(41)))).toMatchObject({
      back: 5,
      outcomes: { accepted: 5 },
    });
    expect(world.statuses()["0"]).toBe("Activated");
  });

  it("that is empty changes nothing", async () => {
    const world = await openRosterWorld();
    await world.upload("acme", staff(range(40)));
    const before = world.pool.requests.length;
    expect(await world.upload("acme", header)).toMatchObject({
      state: "refused",
      problem: { reason: "roster-empty" },
    });
    expect(await world.upload("acme", "%PDF-1.7")).toMatchObject({ state: "refused" });
    expect(world.pool.requests).toHaveLength(before);
  });

  it("that lacks 800 of 5,000 people holds their departures, and brings who is new", async () => {
    const world = await openRosterWorld();
    await world.upload("acme", staff(range(5_000)));
    world.clock.pass(86_400);
    const report = await world.upload("acme", staff(range(4_201, 800)));
    expect(report).toMatchObject({
      joiners: 1,
      departures: { absent: 800, proven: 800, areHeld: true, taken: 250 },
      outcomes: { accepted: 1, "held mass-departure": 800 },
    });
    expect(Object.values(world.statuses()).filter((status) => status === "Activated")).toHaveLength(5_001);
    // The whole one clears them by itself.
    world.clock.pass(86_400);
    expect(await world.upload("acme", staff(range(5_001)))).toMatchObject({ unchanged: 5_001 });
    expect(await parkedList(world.parked, "held", 1_000)).toEqual([]);
  }, 120_000);

  it("with rows that cannot be used leaves their people as they are; a row without an id lets no person leave", async () => {
    const world = await openRosterWorld();
    await world.upload("acme", staff(range(40)));
    world.clock.pass(86_400);
    const bad =
      header +
      "0,张三,not an address,\n" +
      range(38, 1)
        .map((id) => row(id))
        .join("");
    expect(await world.upload("acme", bad)).toMatchObject({
      read: { people: 39, unusable: 1, nameless: 0 },
      departures: { absent: 1, proven: 1 },
    });
    expect(world.statuses()).toMatchObject({ "0": "Activated", "39": "Resigned" });
    world.clock.pass(86_400);
    const nameless =
      header +
      ",李四,p1@example.com,\n" +
      range(38)
        .map((id) => row(id))
        .join("");
    expect(await world.upload("acme", nameless)).toMatchObject({
      read: { nameless: 1 },
      departures: { absent: 1, proven: 0, unproven: 1, reasons: { "roster-row-nameless": 1 } },
    });
    expect(world.statuses()["38"]).toBe("Activated");
  });
});

describe("what the configuration says of a source's people", () => {
  const rules = (outOfScope: "keep" | "leave") =>
    ({
      scope: ({ person, payload }) => {
        if (person.city === "broken") throw new Error("it is broken");
        return (payload as { 城市?: string })["城市"] !== "外部";
      },
      outOfScope,
      map: ({ person, payload, event }) => ({
        ...person,
        company: `${(payload as { 姓名: string })["姓名"].slice(0, 2)} ${event.type}`,
      }),
      departments: { by: "code" as const },
    }) satisfies PeopleRules;

  it.each(["keep", "leave"] as const)(
    "holds for its files, too: a person out of scope, %s",
    async (outOfScope) => {
      const world = await openRosterWorld({ rules: rules(outOfScope) });
      const first = await world.upload(
        "acme",
        `${staff(range(30))}${row("30", "外部")}${row("31", "broken")}`,
      );
      expect(first).toMatchObject({
        read: { people: 32, inScope: 30, outOfScope: 1, unusable: 1, reasons: { "scope-failed": 1 } },
        outcomes: { accepted: 30 },
      });
      expect(world.pool.users()[0]).toMatchObject({ externalId: "0", company: "张三 roster.listed" });
      world.clock.pass(86_400);
      expect(await world.upload("acme", staff(range(30)))).toMatchObject({ unchanged: 30, outcomes: {} });
      world.clock.pass(86_400);
      const next = await world.upload("acme", `${staff(range(29))}${row("29", "外部")}`);
      const leaves = outOfScope === "leave";
      expect(next).toMatchObject({
        read: { outOfScope: leaves ? 0 : 1 },
        unchanged: 29,
        departures: { listed: leaves ? 1 : 0, absent: 0 },
      });
      expect(world.statuses()["29"]).toBe(leaves ? "Resigned" : "Activated");
    },
  );
});

it("a roster that is a file, of a source with an API: the source is asked about who is missing", async () => {
  const world = await openRosterWorld();
  for (const id of range(20)) world.company.people.set(id, employee(id));
  await world.roster();
  world.clock.pass(86_400);
  world.company.people.delete("0");
  expect(await world.upload("hr", staff(range(18, 2)))).toMatchObject({
    departures: { absent: 2, proven: 1, stillThere: 1 },
  });
  expect(world.statuses()).toMatchObject({ "0": "Resigned", "1": "Activated" });
  // Without credentials it cannot be asked, and the rest of the file is applied.
  world.company.hasNoSecret = true;
  world.clock.pass(86_400);
  expect(await world.upload("hr", `${staff(range(16, 2))}${row("18", "杭州")}`)).toMatchObject({
    state: "finished",
    movers: 1,
    departures: { absent: 2, unproven: 2, reasons: { "secret-missing": 2 } },
  });
});

it("a roster that is a file, of a source whose API can prove no departure: who is missing has left, and the guard counts them", async () => {
  const world = await openRosterWorld({ provesNoDeparture: true });
  for (const id of range(20)) world.company.people.set(id, employee(id));
  await world.roster();
  world.clock.pass(86_400);
  expect(await world.upload("hr", staff(range(19, 1)))).toMatchObject({
    departures: { absent: 1, proven: 1, unproven: 0 },
  });
  expect(world.company.personsAsked).toBe(0);
  expect(world.statuses()).toMatchObject({ "0": "Resigned", "1": "Activated" });
});
