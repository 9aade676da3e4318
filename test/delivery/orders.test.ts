import { expect, it } from "vitest";
import type { Change, Update } from "#lib/contract/change.ts";
import { openOwnWorld } from "./own-world.ts";
import { create, leave, mover, secret } from "./story.ts";
import { personOf, told, type Message, type World } from "./world.ts";

// Orders of events that the random sequences found to go wrong once, each as small as it goes. Events are named by the minute at
// which they happened, and come in the order in which they are written down.

const update = (externalId: string, person: Update["person"], more: Partial<Update> = {}) =>
  mover(person, { who: { externalId }, ...more });

const hr = (minute: number, changes: readonly Change[], subject = "1"): Message =>
  told("hr", `at-${minute}`, subject, minute, changes);
const idp = (minute: number, changes: readonly Change[], subject = "user-1"): Message =>
  told("idp", `at-${minute}`, subject, minute, changes);

/** Delivers one after the other, and lets everything that waits come back. */
async function play(world: World, ...events: readonly Message[]): Promise<void> {
  for (const event of events) await world.deliver([event]);
  await world.deliverWaiting();
}

it("the second factor of a rehired person is theirs, though they had left before they came", async () => {
  const world = await openOwnWorld();
  await play(
    world,
    hr(0, [leave("1")]),
    hr(1, [create("1"), { kind: "import-otp", who: { externalId: "1" }, otp: { secret } }]),
  );
  const [user] = world.pool.users();
  expect(world.pool.otpOf(user?.userId ?? "")).toBe(secret);
});

it("a departure counts as of its own moment, also after a first day that came later", async () => {
  const world = await openOwnWorld();
  await play(
    world,
    hr(0, [{ ...create("1"), firstDay: "2026-03-04" } as Change]),
    hr(1, [{ ...leave("1"), lastDay: "2026-03-05" } as Change]),
  );
  expect(world.statuses()).toEqual({ 1: "Resigned" });
});

it("a joiner with only the open account as news makes an older departure void", async () => {
  const world = await openOwnWorld();
  await play(
    world,
    hr(2, [update("1", personOf("1"), { complete: true })]),
    hr(1, [create("1")]),
    hr(0, [leave("1")]),
  );
  expect(world.statuses()).toEqual({ 1: "Activated" });
});

it("a joiner whose account is deleted is brought with all that they were told with", async () => {
  const world = await openOwnWorld({ leave: "delete" });
  await play(
    world,
    hr(2, [update("1", personOf("1"), { complete: true })]),
    hr(0, [leave("1")]),
    hr(1, [create("1")]),
  );
  expect(world.statuses()).toEqual({ 1: "Activated" });
});

it("a suspension newer than a joiner is told of a person who left before they came", async () => {
  const world = await openOwnWorld();
  await play(world, hr(0, [leave("1")]), hr(2, [update("1", { status: "Suspended" })]), hr(1, [create("1")]));
  expect(Object.values(world.statuses())).not.toContain("Activated");
});

it("an id that changes before its person comes is the person's id", async () => {
  const world = await openOwnWorld({ people: "shared" });
  await play(world, hr(1, [update("2", { externalId: "2" })]), hr(0, [create("1")]));
  expect(world.statuses()).toEqual({ 2: "Activated" });
  expect(await world.ledger.person("2")).toMatchObject({ owner: "hr", formerly: ["1"] });
});

it("an id that changes for a person who had left is theirs when they come back", async () => {
  const world = await openOwnWorld();
  const moved = update("a", { externalId: "b" }, { newSubject: "b" });
  await play(world, hr(0, [leave("a")], "a"), hr(2, [moved], "a"), hr(1, [create("a")], "a"));
  expect(world.statuses()).toEqual({ b: "Activated" });
});

it("a departure under a new id that overtakes the change of ids closes the account", async () => {
  const world = await openOwnWorld();
  const moved = update("a", { externalId: "b" }, { newSubject: "b" });
  await play(world, hr(0, [create("a")], "a"), hr(2, [leave("b")], "b"), hr(1, [moved], "a"));
  expect(world.statuses()).toEqual({ b: "Resigned" });
  expect(await world.ledger.person("b")).toMatchObject({ closedBy: ["hr"] });
});

it("an id that was given up is another person's once the source gives it to them", async () => {
  const world = await openOwnWorld();
  const ana = { name: "Ana", email: "ana@example.com" };
  await play(
    world,
    hr(0, [create("a")], "1"),
    hr(1, [update("b", { externalId: "b" })], "1"),
    hr(3, [update("a", { city: "杭州" })], "2"),
    hr(2, [create("a", ana)], "2"),
    hr(4, [leave("a")], "2"),
  );
  expect(world.pool.users()).toMatchObject([
    { externalId: "b", status: "Activated" },
    { externalId: "a", status: "Resigned", city: "杭州", ...ana },
  ]);
  expect(await world.ledger.person("b")).not.toMatchObject({ formerly: ["a"] });
});

it("an own source that was told of a departure does not speak about an account that is made later", async () => {
  const world = await openOwnWorld();
  await play(world, idp(0, [leave("1")]));
  await world.pool.connect(undefined as never).createUsersBatch({ list: [personOf("1")] });
  await play(world, idp(1, [update("1", { city: "杭州", status: "Activated" })]));
  expect(world.pool.users()[0]).not.toHaveProperty("city");
});

it("a shared source that speaks of an account before it is noted does not take it from its source", async () => {
  const world = await openOwnWorld({ people: { hr: "own", idp: "shared" } });
  // The account is made, the answer is lost, and the look-up is refused: the event comes again.
  world.pool.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "get-user", fault: { kind: "unauthorized" } },
  ]);
  await world.invoke([hr(0, [create("1")])]);
  await play(world, idp(1, [update("1", { city: "杭州" })]), hr(0, [create("1")]), hr(2, [leave("1")]));
  expect(world.pool.users()).toMatchObject([{ city: "杭州", status: "Resigned" }]);
  expect(await world.ledger.person("1")).toMatchObject({ owner: "hr" });
});

it("an account that another source made at the same moment stays its own", async () => {
  const world = await openOwnWorld({ people: { hr: "own", idp: "shared" } });
  world.pool.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "get-user", fault: { kind: "unauthorized" } },
  ]);
  await world.invoke([idp(0, [create("1", { nickname: "idp" })])]);
  await play(
    world,
    hr(1, [update("1", personOf("1", { nickname: "hr", city: "杭州" }), { complete: true })]),
  );
  expect(await world.recordOf("hr", "at-1")).toMatchObject({
    outcome: { kind: "rejected", reason: "person-of-another-source", by: "idp/at-0" },
  });
  expect(world.pool.users()).toMatchObject([{ nickname: "idp" }]);
});

it("a joiner without our id is no account's because of its address, and its second factor waits with it", async () => {
  const world = await openOwnWorld({ people: "shared" });
  await world.pool.connect(undefined as never).createUsersBatch({ list: [personOf("admin")] });
  world.clock.pass(60);
  const { externalId: _, ...nameless } = personOf("admin");
  const event = idp(0, [
    { kind: "create", person: nameless, trail: {} },
    { kind: "import-otp", who: { email: nameless.email }, otp: { secret } },
  ]);
  const reception = { ...event.reception, receivedAt: new Date(world.clock.now()).toISOString() };
  await play(world, { ...event, reception });
  const [user] = world.pool.users();
  expect(await world.recordOf("idp", "at-0")).toMatchObject({
    outcome: { kind: "held", reason: "account-exists" },
  });
  expect(world.pool.otpOf(user?.userId ?? "")).toBeUndefined();
});

it("an account with our id is not the making of an event without one", async () => {
  const world = await openOwnWorld();
  await play(world, hr(0, [create("1")]));
  await world.restart();
  const { externalId: _, ...nameless } = personOf("1");
  await play(world, idp(0, [{ kind: "create", person: nameless, trail: {} }]));
  expect(await world.recordOf("idp", "at-0")).toMatchObject({
    outcome: { kind: "rejected", reason: "conflict" },
  });
});

it("a suspension closes the account, also where an address that comes with it is another person's", async () => {
  const world = await openOwnWorld();
  const suspended = hr(4, [update("1", { status: "Suspended", email: personOf("2").email })]);
  await play(world, hr(0, [create("1")]), hr(1, [create("2")], "2"), suspended);
  expect(await world.recordOf("hr", "at-4")).toMatchObject({
    outcome: { kind: "rejected", field: "email", closed: true },
  });
  // What is older than the suspension does not open the account.
  await play(world, hr(3, [update("1", { status: "Activated", city: "杭州" })]));
  expect(world.statuses()).toEqual({ 1: "Suspended", 2: "Activated" });
  expect(world.pool.users()).toMatchObject([{ email: personOf("1").email, city: "杭州" }, {}]);
  // Once the address is free, the rest is told by the same event again.
  await play(world, hr(5, [update("2", { email: "free@example.com" })], "2"));
  await world.operate({ operation: "redrive", kind: "rejected" });
  await play(world);
  expect(world.pool.users()).toMatchObject([{ email: personOf("2").email, city: "杭州" }, {}]);
  expect(world.statuses()).toEqual({ 1: "Suspended", 2: "Activated" });
});
