import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { shortIdOf, type ParkedKind } from "#lib/contract/parked.ts";
import { ChangeRequest, ListRequest, PauseRequest } from "#lib/operations/requests.ts";
import type { Asked } from "#infra/prove/asked.ts";
import { openOwnWorld } from "../delivery/own-world.ts";
import { create, mover } from "../delivery/story.ts";
import { day, personOf, told, type Message, type World } from "../delivery/world.ts";
import { parkedList } from "../contract/parked-list.ts";

const leave: Change = { kind: "leave", who: {} };
const hr = (id: string, subject: string, minute: number, changes: readonly Change[], payload = {}): Message =>
  told("hr", id, subject, minute, changes, payload);
const ids = Array.from({ length: 11 }, (_, index) => String(index));

/** 11 people leave; the departure of 0 is held. */
async function held(): Promise<World> {
  const world = await openOwnWorld();
  await world.deliver(ids.map((id) => hr(`hired-${id}`, id, 0, [create(id)])));
  await world.deliver([...ids.slice(1), "0"].map((id) => hr(`left-${id}`, id, 10, [leave])));
  return world;
}
const parked = async (world: World, kind: ParkedKind) =>
  (await parkedList(world.parked, kind, 100)).map(({ ledgerId }) => ledgerId);
const results = async (world: World, request: Asked) =>
  Object.fromEntries((await world.operate(request)).map(({ id, result }) => [id, result]));
/** At each claim of an event: what came of it, and what is parked of a kind. */
async function watch(world: World, id: string, kind: ParkedKind): Promise<string[][]> {
  const seen: string[][] = [];
  const claim = world.ledger.claim.bind(world.ledger);
  world.ledger.claim = async (key, by) => {
    const result = await claim(key, by);
    if (key.id === id) seen.push([result.state, ...(await parked(world, kind))]);
    return result;
  };
  await world.restart();
  return seen;
}
const redrive = (kind: "dead" | "rejected" = "dead", mode: "preview" | "apply" = "apply"): Asked => ({
  operation: "redrive",
  kind,
  mode,
});

describe("a list", () => {
  it("tells reason, place and person of one kind, of one source, or one message, and changes nothing", async () => {
    const world = await held();
    await world.deliver([told("idp", "dead", "u", 0, [], { broken: true })]);
    const before = world.pool.requests.length;
    expect(await world.operate({ operation: "list", kind: "held" })).toEqual([
      {
        kind: "held",
        source: "hr",
        id: "left-0",
        shortId: shortIdOf("left-0"),
        type: "leave",
        subject: "0",
        since: new Date(day).toISOString(),
        attempts: 1,
        reason: "mass-departure",
        externalId: "0",
      },
    ]);
    expect(await world.operate({ operation: "list", kind: "dead", source: "hr" })).toEqual([]);
    expect(await world.operate({ operation: "list", kind: "dead", source: "idp" })).toHaveLength(1);
    expect(await world.operate({ operation: "list", kind: "dead", id: "other" })).toEqual([]);
    expect(await parked(world, "held")).toEqual(["left-0"]);
    expect(world.pool.requests).toHaveLength(before);
  });

  it("tells until when a message waits", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("announced", "1", 0, [{ ...leave, lastDay: "2026-03-30" } as Change])]);
    expect(await world.operate({ operation: "list", kind: "waiting" })).toMatchObject([
      { reason: "date-ahead", dueAt: "2026-03-30T16:00:00.000Z" },
    ]);
  });
});

describe("a redrive", () => {
  it("ends after as many messages as the operator was shown, the oldest first", async () => {
    const world = await openOwnWorld();
    const broken = ["1", "2", "3"].map((id) => hr(`hired-${id}`, id, 0, [create(id)], { broken: true }));
    for (const each of broken) await world.deliver([each]);
    world.mend();
    expect(await results(world, { ...redrive(), most: 2 })).toEqual({
      "hired-1": "accepted",
      "hired-2": "accepted",
    });
    expect(await parked(world, "dead")).toEqual(["hired-3"]);
  });

  it("applies dead letters with today's code, once, in any number of presses", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("hired", "1", 0, [create("1")], { broken: true })]);
    world.mend();
    expect(await world.operate(redrive("dead", "preview"))).toMatchObject([
      { id: "hired", result: "accepted", fields: { externalId: "new", email: "new", name: "new" } },
    ]);
    expect(world.pool.users()).toEqual([]);
    expect(await parked(world, "dead")).toEqual(["hired"]);
    expect(await results(world, redrive())).toEqual({ hired: "accepted" });
    expect(await parked(world, "dead")).toEqual([]);
    expect(await results(world, redrive())).toEqual({});
    expect(world.pool.users()).toHaveLength(1);
  });

  it("leaves a dead letter that is dead again, with its new reason", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("hired", "1", 0, [create("1")], { trulyBroken: true })]);
    world.mend();
    expect(await results(world, redrive())).toEqual({ hired: "dead name-missing" });
    expect(await parkedList(world.parked, "dead", 10)).toMatchObject([
      { ledgerId: "hired", reason: "name-missing" },
    ]);
  });

  it("leaves a dead letter that the queue, Authing or another worker keeps from being decided", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("hired", "1", 0, [create("1")], { broken: true })]);
    world.mend();
    // Another worker has the person.
    const another = { source: "hr", id: "another" };
    await world.ledger.claim(another, { owner: "another", leaseSeconds: 60 });
    await world.ledger.lockPerson("1", another, 60);
    const tries = await watch(world, "hired", "dead");
    expect(await results(world, redrive())).toEqual({ hired: "accepted" });
    expect(tries).toEqual([
      ["claimed", "hired"],
      ["claimed", "hired"],
    ]);
    expect(await parked(world, "dead")).toEqual([]);
  });

  it("moves what has to wait to what waits", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("moved", "1", 0, [mover({ city: "杭州" })], { broken: true })]);
    world.mend();
    expect(await results(world, redrive())).toEqual({ moved: "waiting user-unknown" });
    expect(await parked(world, "dead")).toEqual([]);
    expect(await parked(world, "waiting")).toEqual(["moved"]);
  });

  it("tries rejected events again, and leaves those that are rejected again", async () => {
    const world = await openOwnWorld();
    await world.deliver([
      hr("hired-1", "1", 0, [create("1")]),
      told("idp", "taken", "2", 0, [create("2", { email: "p1@example.com" })]),
    ]);
    const conflict = { taken: "rejected conflict (email)" };
    expect(await results(world, redrive("rejected", "preview"))).toEqual(conflict);
    expect(await results(world, redrive("rejected"))).toEqual(conflict);
    expect(await parked(world, "rejected")).toEqual(["taken"]);
    await world.deliver([hr("moved-1", "1", 1, [mover({ email: "new@example.com" })])]);
    expect(await results(world, redrive("rejected", "preview"))).toEqual({ taken: "accepted" });
    expect(await results(world, redrive("rejected"))).toEqual({ taken: "accepted" });
    expect(await parked(world, "rejected")).toEqual([]);
    expect(Object.keys(world.statuses())).toEqual(["1", "2"]);
  });

  it("says beforehand what is superseded, later, waiting and dead", async () => {
    const world = await openOwnWorld();
    await world.deliver([
      hr("hired-1", "1", 5, [create("1")]),
      hr("old", "1", 1, [mover({ name: "张" })], { broken: true }),
      hr("ahead", "2", 1, [create("2"), { ...leave, lastDay: "2026-03-30" } as Change], { broken: true }),
      hr("worse", "3", 1, [], { trulyBroken: true }),
      hr("nothing", "4", 1, [], { broken: true }),
    ]);
    world.mend();
    const before = world.pool.requests.length;
    const users = JSON.stringify(world.pool.users());
    expect(await results(world, redrive("dead", "preview"))).toEqual({
      old: "superseded",
      ahead: "waiting date-ahead",
      worse: "dead name-missing",
      nothing: "already-done nothing-to-do",
    });
    const asked = world.pool.requests.slice(before).map(({ operation }) => operation);
    expect(new Set(asked)).toEqual(new Set(["get-user"]));
    expect(JSON.stringify(world.pool.users())).toBe(users);
    expect(await parked(world, "dead")).toHaveLength(4);
  });
});

describe("an unreadable delivery", () => {
  const delivery = (payload: unknown) =>
    ({
      kind: "unreadable",
      source: "hr",
      id: "hash",
      reason: "split-failed",
      delivery: {
        method: "POST",
        rawQuery: "",
        headers: {},
        payload: Buffer.from(JSON.stringify(payload)).toString("base64"),
      },
      reception: { receivedAt: new Date(day).toISOString(), proof: "hmac-sha256" },
    }) as const;

  it("is read with today's code, and stays while one of its events cannot be decided", async () => {
    const world = await openOwnWorld();
    const events = [hr("hired-1", "1", 0, [create("1")]), hr("hired-2", "2", 0, [create("2")])];
    await world.deliver([delivery(events.map(({ event }) => event))]);
    expect(await results(world, redrive("dead", "preview"))).toEqual({ hash: "accepted, accepted" });
    const another = { source: "hr", id: "another" };
    await world.ledger.claim(another, { owner: "another", leaseSeconds: 60 });
    await world.ledger.lockPerson("2", another, 60);
    const tries = await watch(world, "hired-2", "dead");
    expect(await results(world, redrive())).toEqual({ hash: "accepted, accepted" });
    expect(tries).toEqual([
      ["claimed", "hash"],
      ["claimed", "hash"],
    ]);
    expect(Object.keys(world.statuses())).toEqual(["1", "2"]);
    expect(await parked(world, "dead")).toEqual([]);
  });

  it("that still cannot be read stays, and can be discarded", async () => {
    const world = await openOwnWorld();
    await world.deliver([delivery({ no: "list" })]);
    expect(await results(world, redrive())).toEqual({ hash: "dead split-failed" });
    expect(await parked(world, "dead")).toEqual(["hash"]);
    expect(await results(world, { operation: "discard", kind: "dead" })).toEqual({ hash: "discarded" });
    expect(await parked(world, "dead")).toEqual([]);
  });
});

describe("a decision about what is held", () => {
  it("lets a departure go on", async () => {
    const world = await held();
    expect(await results(world, { operation: "release", id: "another" })).toEqual({});
    expect(await results(world, { operation: "release" })).toEqual({ "left-0": "accepted" });
    expect(world.statuses()["0"]).toBe("Resigned");
    expect(await parked(world, "held")).toEqual([]);
  });

  it("lets a departure go on while its source is paused", async () => {
    const world = await held();
    await world.operate({ operation: "pause", source: "hr" });
    expect(await results(world, { operation: "release" })).toEqual({ "left-0": "accepted" });
  });

  it("is about the departure alone: a suspension by a complete edit changes the person that it is about", async () => {
    const world = await held();
    const whole = personOf("11", { status: "Suspended", city: "杭州" });
    await world.deliver([hr("hired-11", "11", 0, [create("11")])]);
    await world.deliver([hr("suspended-11", "11", 10, [mover(whole, { complete: true })])]);
    expect(await results(world, { operation: "release", id: "suspended-11" })).toEqual({
      "suspended-11": "accepted",
    });
    expect(await world.recordOf("hr", "suspended-11")).not.toHaveProperty("outcome.reason");
    expect(world.pool.users().at(-1)).toMatchObject({ externalId: "11", status: "Suspended", city: "杭州" });
  });

  it("gives a departure up for good: the sender's resend does not bring it back", async () => {
    const world = await held();
    expect(await results(world, { operation: "discard", kind: "held" })).toEqual({ "left-0": "discarded" });
    expect(await world.recordOf("hr", "left-0")).toMatchObject({
      outcome: { kind: "rejected", reason: "discarded" },
      externalId: "0",
    });
    const resent = hr("left-0", "0", 10, [leave]);
    const receivedAt = new Date(day + 7_200_000).toISOString();
    await world.deliver([{ ...resent, reception: { ...resent.reception, receivedAt } }]);
    expect(world.statuses()["0"]).toBe("Activated");
    expect(await parked(world, "held")).toEqual([]);
    expect(await parked(world, "rejected")).toEqual([]);
  });

  it("waits while another operator carries one out", async () => {
    const world = await held();
    await world.ledger.reopen({ source: "hr", id: "left-0" });
    await world.ledger.claim({ source: "hr", id: "left-0" }, { owner: "another", leaseSeconds: 60 });
    const tries = await watch(world, "left-0", "held");
    expect(await results(world, { operation: "discard", kind: "held" })).toEqual({ "left-0": "discarded" });
    expect(tries).toEqual([
      ["busy", "left-0"],
      ["claimed", "left-0"],
    ]);
  });

  it("about an account says whose it is; about a departure it does not", async () => {
    const world = await held();
    await world.pool.connect(undefined as never).createUsersBatch({ list: [personOf("99")] });
    world.clock.pass(60);
    const event = hr("hired-99", "99", 20, [create("99")]);
    const receivedAt = new Date(world.clock.now()).toISOString();
    await world.deliver([{ ...event, reception: { ...event.reception, receivedAt } }]);
    expect(await parked(world, "held")).toEqual(["left-0", "hired-99"]);
    expect(await results(world, { operation: "release", id: "hired-99" })).toEqual({
      "hired-99": "needs --as same, or discard",
    });
    expect(await results(world, { operation: "release", as: "same", id: "left-0" })).toEqual({
      "left-0": "is no question of an account",
    });
    expect(await results(world, { operation: "release", as: "same" })).toMatchObject({
      "hired-99": expect.stringMatching(/^accepted/),
    });
    expect(await world.ledger.person("99")).toMatchObject({ owner: "hr" });
    expect(await parked(world, "held")).toEqual(["left-0"]);
    expect(world.statuses()["0"]).toBe("Activated");
  });
});

describe("a pause", () => {
  it("stores events of its source without applying them, and nothing of another's", async () => {
    const world = await openOwnWorld();
    await world.operate({ operation: "pause", source: "hr" });
    await world.deliver([
      hr("hired", "1", 0, [create("1")]),
      told("idp", "signed-up", "2", 0, [create("2")]),
    ]);
    expect(world.statuses()).toEqual({ 2: "Activated" });
    await world.deliverWaiting(day + 2 * 86_400_000);
    expect(await world.operate({ operation: "list", kind: "waiting" })).toMatchObject([
      { id: "hired", reason: "source-paused" },
    ]);
    await world.operate({ operation: "resume", source: "hr" });
    await world.deliver([]);
    expect(world.statuses()).toEqual({ 1: "Activated", 2: "Activated" });
    expect(await parked(world, "waiting")).toEqual([]);
  });

  it("ends for what waits for it, not for a day that lies ahead", async () => {
    const world = await openOwnWorld();
    await world.deliver([hr("hired", "1", 0, [create("1")])]);
    await world.deliver([hr("announced", "1", 1, [{ ...leave, lastDay: "2026-03-30" } as Change])]);
    await world.operate({ operation: "pause", source: "hr" });
    await world.deliver([hr("moved", "1", 2, [mover({ city: "杭州" })])]);
    await world.operate({ operation: "resume", source: "hr" });
    await world.deliver([]);
    expect(await parked(world, "waiting")).toEqual(["announced"]);
  });
});

describe("a request", () => {
  const takes = (request: object) => ChangeRequest.safeParse(request).success;
  const narrow = { mode: "apply", source: "hr" };

  it("that changes something says whether it is a preview, and which messages it is about", () => {
    for (const operation of ["redrive", "release"]) {
      expect(takes({ operation, ...narrow })).toBe(true);
      for (const name of ["id", "person", "reason"])
        expect(takes({ operation, mode: "preview", [name]: "x" })).toBe(true);
      expect(takes({ operation, mode: "apply" })).toBe(false);
      expect(takes({ operation, source: "hr" })).toBe(false);
      expect(takes({ operation, mode: "apply", since: "2026-03-01T00:00:00.000Z" })).toBe(false);
      expect(takes({ operation, ...narrow, dryRun: true })).toBe(false);
    }
    expect(takes({ operation: "discard", ...narrow })).toBe(false);
    expect(takes({ operation: "discard", ...narrow, kinds: ["held"] })).toBe(true);
  });

  it("is about kinds that its verb is for", () => {
    expect(takes({ operation: "redrive", ...narrow, kinds: ["held"] })).toBe(false);
    expect(takes({ operation: "release", ...narrow, kinds: ["dead"] })).toBe(false);
    expect(takes({ operation: "release", ...narrow, as: "other" })).toBe(false);
    expect(ChangeRequest.parse({ operation: "redrive", ...narrow })).toMatchObject({
      kinds: ["dead", "rejected"],
    });
    expect(ChangeRequest.parse({ operation: "release", ...narrow })).toMatchObject({ kinds: ["held"] });
    expect(ListRequest.safeParse({ operation: "list", limit: 501 }).success).toBe(false);
    expect(PauseRequest.safeParse({ operation: "pause" }).success).toBe(false);
  });
});
