import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { openOwnWorld } from "../delivery/own-world.ts";
import { mover } from "../delivery/story.ts";
import { day, personOf, told, type Message, type World } from "../delivery/world.ts";
import { parkedList } from "../contract/parked-list.ts";

const create = (externalId: string, over: object = {}): Change => ({
  kind: "create",
  person: personOf(externalId, over),
  trail: { email: "profile.email · as it is" },
});
const leave: Change = { kind: "leave", who: {} };
const hr = (id: string, minute: number, changes: readonly Change[], payload = {}): Message =>
  told("hr", id, "1", minute, changes, payload);

async function parked(world: World): Promise<Record<string, string[]>> {
  const kinds = ["dead", "held", "rejected", "waiting"] as const;
  const all = await Promise.all(kinds.map((kind) => parkedList(world.parked, kind, 100)));
  return Object.fromEntries(
    kinds
      .map((kind, index) => [kind, (all[index] ?? []).map(({ ledgerId }) => ledgerId)] as const)
      .filter(([, ids]) => ids.length > 0),
  );
}

describe("an event", () => {
  it("that is over is parked nowhere", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")])]);
    expect(await parked(world)).toEqual({});
    expect(await world.recordOf("hr", "joined")).toMatchObject({
      outcome: { kind: "accepted" },
      externalId: "1",
      trail: { email: "profile.email · as it is" },
      changes: ["create"],
    });
  });

  it("that is rejected, dead or held is parked whole, with its reason and its person", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")]), told("hr", "other", "2", 0, [create("2")])]);
    const [rejected, dead] = [
      hr("rejected", 1, [mover({ email: "not an address" })]),
      hr("dead", 1, [], { broken: true }),
    ];
    await world.deliver([rejected, dead]);
    expect(await parked(world)).toEqual({ rejected: ["rejected"], dead: ["dead"] });
    const [kept] = await parkedList(world.parked, "rejected", 1);
    expect(kept).toMatchObject({
      message: rejected,
      externalId: "1",
      attempts: 1,
      since: new Date(day).toISOString(),
    });
    expect((await parkedList(world.parked, "dead", 1))[0]).toMatchObject({
      message: dead,
      reason: "translation-failed",
    });
  });

  it("that is refused leaves what it told untold, and what was applied of it told", async () => {
    const world = await openOwnWorld({ departments: ["d-1"] });
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("refused", 1, [mover({ city: "杭州", email: "not an address" })])]);
    expect((await world.ledger.subject("hr", "1"))?.told).not.toHaveProperty("city");
    await world.deliver([hr("in-part", 2, [mover({ city: "杭州", departmentIds: ["unknown"] })])]);
    expect(await world.recordOf("hr", "in-part")).toMatchObject({
      outcome: { kind: "rejected", partly: true },
    });
    expect((await world.ledger.subject("hr", "1"))?.told).toMatchObject({ city: { by: "in-part" } });
  });

  it("that is refused, and closed the account all the same, leaves that told", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("refused", 1, [mover({ status: "Suspended", email: "not an address" })])]);
    expect(await world.recordOf("hr", "refused")).toMatchObject({
      outcome: { kind: "rejected", closed: true },
    });
    expect(world.statuses()).toEqual({ 1: "Suspended" });
    expect(await world.ledger.person("1")).toMatchObject({ closedBy: ["hr"] });
    expect(await world.ledger.subject("hr", "1")).toMatchObject({
      isClosed: true,
      told: { access: { by: "refused" }, email: { by: "joined" } },
    });
  });

  it("notes digests of what it told, save of secrets, of access, and of what was refused", async () => {
    const world = await openOwnWorld({ departments: ["d-1"] });
    const person = {
      password: "invented-Pass-1",
      customData: { title: "工程师" },
      departmentIds: ["unknown"],
    };
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("moved", 1, [mover({ ...person, city: "杭州" })])]);
    const { told: fields = {} } = (await world.ledger.subject("hr", "1")) ?? {};
    const withDigest = Object.keys(fields).filter((name) => fields[name]?.digest !== undefined);
    expect(withDigest.toSorted()).toEqual(["city", "customData.title", "email", "name"]);
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(["access", "departments", "externalId"]));
    const { digest } = fields["email"] ?? {};
    await world.deliver([hr("again", 2, [mover({ email: personOf("1").email })])]);
    expect((await world.ledger.subject("hr", "1"))?.told["email"]).toMatchObject({ by: "again", digest });
  });

  it("that waits is parked once, however often it comes back, and no more when it is over", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("moved", 1, [mover({ city: "杭州" })])]);
    world.clock.pass(60);
    await world.deliver([]);
    expect(await parked(world)).toEqual({ waiting: ["moved"] });
    expect(await world.recordOf("hr", "moved")).toBeUndefined();
    await world.deliver([told("hr", "joined", "1", 0, [create("1")])]);
    await world.deliverWaiting();
    expect(await parked(world)).toEqual({});
    expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
  });

  it("that waits and is rejected in the end is parked as rejected alone", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("moved", 1, [mover({ city: "杭州" })])]);
    await world.deliverWaiting();
    expect(await parked(world)).toEqual({ rejected: ["moved"] });
    expect(world.clock.now() - day).toBeGreaterThanOrEqual(3_600_000);
    expect(world.clock.now() - day).toBeLessThan(4_500_000);
  });

  it("that waits for something to be mended is dead after ten days, with the reason for which it waited", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")], { refused: true })]);
    await world.deliverWaiting(day + 9 * 86_400_000);
    expect(await parked(world)).toEqual({ waiting: ["joined"] });
    await world.deliverWaiting();
    expect(await parked(world)).toEqual({ dead: ["joined"] });
    expect(await world.recordOf("hr", "joined")).toMatchObject({
      outcome: { kind: "dead", reason: "source-refused" },
    });
    expect((await parkedList(world.parked, "dead", 1))[0]).toMatchObject({
      path: "source hr",
      hint: "give a key",
    });
    expect(world.clock.now() - day).toBeGreaterThan(10 * 86_400_000);
    expect(world.clock.now() - day).toBeLessThan(10.1 * 86_400_000);
  });

  it("that brings no person for want of an identifier is dead, and the next one that has one brings them", async () => {
    const world = await openOwnWorld();
    const nameless: Change = { kind: "create", person: { externalId: "1", name: "张三" }, trail: {} };
    await world.deliver([hr("joined", 0, [nameless])]);
    expect(await world.recordOf("hr", "joined")).toMatchObject({
      outcome: { kind: "dead", reason: "identifier-missing" },
    });
    await world.deliver([hr("moved", 1, [mover(personOf("1"), { complete: true })])]);
    expect(world.statuses()).toEqual({ 1: "Activated" });
  });

  it("that is dated ahead counts as of its receipt, and its trail says so", async () => {
    const world = await openOwnWorld();
    const joined = hr("joined", 0, [create("1")]);
    const ahead = "9999-12-31T00:00:00.000Z";
    await world.deliver([{ ...joined, event: { ...joined.event, occurredAt: ahead } }]);
    const record = await world.recordOf("hr", "joined");
    expect(record).toMatchObject({ occurredAt: new Date(day).toISOString() });
    expect(record?.trail["occurredAt"]).toContain(ahead);
    expect((await world.ledger.subject("hr", "1"))?.told["access"]).toMatchObject({
      at: new Date(day).toISOString(),
    });
  });

  it("that is dated ahead by minutes keeps its moment: clocks differ", async () => {
    const world = await openOwnWorld();
    const joined = hr("joined", 0, [create("1")]);
    const occurredAt = new Date(day + 5 * 60_000).toISOString();
    await world.deliver([{ ...joined, event: { ...joined.event, occurredAt } }]);
    expect(await world.recordOf("hr", "joined")).toMatchObject({ occurredAt });
    expect((await world.recordOf("hr", "joined"))?.trail).not.toHaveProperty("occurredAt");
  });
});

describe("what lies ahead", () => {
  const until = (lastDay: string): Change => ({ kind: "leave", who: {}, lastDay });

  it("is noted while it waits, so that what withdraws it and what moves it know", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("announced", 1, [until("2026-03-30")])]);
    expect(await world.ledger.subject("hr", "1")).toMatchObject({
      lastDay: "2026-03-30",
      told: { departure: { by: "announced" }, access: { by: "joined" } },
    });
    await world.deliver([hr("earlier", 0.5, [until("2026-03-03")])]);
    expect(await world.recordOf("hr", "earlier")).toMatchObject({
      outcome: { kind: "superseded", by: "hr/announced" },
    });
    await world.deliver([hr("withdrawn", 2, [mover({ city: "杭州" }, { departure: "none" })])]);
    expect(await world.ledger.subject("hr", "1")).toMatchObject({
      lastDay: "",
      told: { departure: { by: "withdrawn" } },
    });
    await world.deliverWaiting();
    expect(world.statuses()).toEqual({ 1: "Activated" });
  });
});

describe("a departure before the first day", () => {
  it("takes effect at once, and the person never comes", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [{ ...create("1"), firstDay: "2026-03-30" } as Change])]);
    await world.deliver([hr("left", 1, [leave])]);
    expect(await parked(world)).toEqual({ waiting: ["joined"] });
    expect(await world.recordOf("hr", "left")).toMatchObject({ outcome: { kind: "already-done" } });
    await world.deliverWaiting();
    expect(world.pool.users()).toEqual([]);
  });
});

describe("a person's ids", () => {
  it("are those that the newest event gave, whatever an older one says", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("renamed", 2, [mover({ externalId: "2" })])]);
    await world.deliver([hr("late", 1, [mover({ externalId: "1", city: "杭州" })])]);
    expect(world.pool.users()).toMatchObject([{ externalId: "2", city: "杭州" }]);
    expect(await world.recordOf("hr", "late")).toMatchObject({ externalId: "2" });
    expect(await world.ledger.person("1")).toMatchObject({ externalId: "2", formerly: ["1"] });
  });

  it("at the source are, under the old one, this person's before they moved and another one's after it", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("joined", 0, [create("1")])]);
    await world.deliver([hr("moved", 2, [mover({ externalId: "2" }, { newSubject: "2" })])]);
    await world.deliver([hr("before", 1, [mover({ city: "杭州" })])]);
    await world.deliver([hr("after", 3, [create("1", { name: "Zoë", email: "zoe@example.com" })])]);
    await world.deliver([hr("later", 4, [mover({ city: "上海" })])]);
    await world.deliver([told("hr", "left", "2", 5, [leave])]);
    expect(world.pool.users()).toMatchObject([
      { externalId: "2", city: "杭州", status: "Resigned" },
      { externalId: "1", city: "上海", status: "Activated", name: "Zoë" },
    ]);
  });
});

describe("a defect that an event brings to light", () => {
  it("keeps neither its neighbours nor what comes behind it: it waits by itself", async () => {
    const world = await openOwnWorld();
    const connect = world.pool.connect.bind(world.pool);
    world.pool.connect = (secrets) => {
      const client = connect(secrets);
      const explodeIn = ({ city }: { readonly city?: string }) => {
        if (city === "explodes") throw new TypeError("a defect");
      };
      return {
        ...client,
        updateUser(request) {
          explodeIn(request);
          return client.updateUser(request);
        },
        updateUserBatch(request) {
          request.list.forEach(explodeIn);
          return client.updateUserBatch(request);
        },
      };
    };
    await world.restart();
    await world.deliver([hr("joined", 0, [create("1")]), told("hr", "joined-2", "2", 0, [create("2")])]);
    const exploding = hr("explodes", 1, [mover({ city: "explodes" })]);
    await world.deliver([
      exploding,
      told("hr", "moved-2", "2", 1, [mover({ city: "上海" })]),
      hr("left", 2, [leave]),
    ]);
    expect(await parked(world)).toEqual({ waiting: ["explodes"] });
    expect(world.statuses()).toEqual({ 1: "Resigned", 2: "Activated" });
    expect(world.pool.users()[1]).toMatchObject({ city: "上海" });
  });
});

describe("what is noted of a person", () => {
  it("is who says that the account is closed, until they say otherwise", async () => {
    const world = await openOwnWorld({ people: "shared" });
    const closedBy = async () => (await world.ledger.person("1"))?.closedBy;
    await world.deliver([hr("joined", 0, [create("1")])]);
    expect(await closedBy()).toBeUndefined();
    await world.deliver([
      told("idp", "locked", "u-1", 1, [{ ...mover({ status: "Suspended" }), who: { externalId: "1" } }]),
    ]);
    await world.deliver([hr("left", 2, [leave])]);
    expect(await closedBy()).toEqual(["hr", "idp"]);
    await world.deliver([hr("rehired", 3, [create("1")])]);
    expect(await closedBy()).toEqual(["idp"]);
    expect(world.statuses()).not.toEqual({ 1: "Activated" });
    await world.deliver([
      told("idp", "unlocked", "u-1", 4, [{ ...mover({ status: "Activated" }), who: { externalId: "1" } }]),
    ]);
    expect(await closedBy()).toBeUndefined();
    expect(world.statuses()).toEqual({ 1: "Activated" });
  });

  it("is nothing of one who was never there", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("left", 2, [{ kind: "leave", who: { externalId: "1" } }])]);
    expect(await world.ledger.person("1")).toBeUndefined();
    expect(await world.ledger.subject("hr", "1")).toMatchObject({
      isClosed: true,
      told: { access: { by: "left" } },
    });
  });

  it("is the account of today, where it was deleted and made anew, and who brought it first", async () => {
    const world = await openOwnWorld({ leave: "delete" });
    await world.deliver([hr("joined", 0, [create("1")])]);
    const before = await world.ledger.person("1");
    await world.deliver([hr("left", 1, [leave])]);
    await world.deliver([hr("rehired", 2, [create("1")])]);
    const after = await world.ledger.person("1");
    expect(after).toMatchObject({
      createdBy: "hr/joined",
      owner: "hr",
      userId: world.pool.users()[0]?.userId,
    });
    expect(after?.userId).not.toBe(before?.userId);
  });
});
