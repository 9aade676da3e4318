import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import * as fc from "../properties.ts";
import { openOwnWorld } from "../delivery/own-world.ts";
import { create, importOtp, leave, mover } from "../delivery/story.ts";
import { personOf, told, type Message, type World } from "../delivery/world.ts";

const broken = { broken: true };
const hr = (id: string, subject: string, minute: number, changes: readonly Change[], payload = {}): Message =>
  told("hr", id, subject, minute, changes, payload);

/** What Authing and the ledger hold, and what is parked: all that a preview must leave as it is. */
async function stateOf(world: World): Promise<string> {
  const kinds = ["dead", "held", "rejected", "waiting"] as const;
  const pages = await world.parked.list({ kinds }, 1000);
  const people = await Promise.all(["1", "2", "3"].map((id) => world.ledger.person(id)));
  const told = await Promise.all(["1", "2", "3"].map((id) => world.ledger.subject("hr", id)));
  const otp = world.pool.users().map(({ userId }) => world.pool.otpOf(userId));
  return JSON.stringify([world.pool.users(), people, told, pages, otp]);
}

async function previewOf(world: World, id: string) {
  const before = await stateOf(world);
  const [row] = await world.operate({ operation: "redrive", id, mode: "preview" });
  expect(await stateOf(world)).toBe(before);
  return row;
}

/** A world with the people 1 and 2, and one dead event. */
async function withDead(changes: readonly Change[], subject = "1"): Promise<World> {
  const world = await openOwnWorld({ departments: ["d-1", "d-2"] });
  await world.deliver([
    hr("hired-1", "1", 0, [create("1", { departmentIds: ["d-1"] })]),
    hr("hired-2", "2", 0, [create("2")]),
  ]);
  await world.deliver([hr("dead", subject, 5, changes, broken)]);
  world.mend();
  return world;
}

describe("a preview", () => {
  it.each<[string, readonly Change[], string, object]>([
    ["a joiner", [create("3")], "3", { result: "accepted", fields: { externalId: "new", email: "new" } }],
    [
      "a joiner whose address another person has",
      [create("3", { email: "P1@example.com" })],
      "3",
      { result: "waiting identifier-in-use" },
    ],
    [
      "a mover, only the fields that would differ",
      [mover({ city: "杭州", email: "p1@example.com", departmentIds: ["d-2"] })],
      "1",
      { result: "accepted", fields: { city: "new", departmentIds: "changed" } },
    ],
    [
      "a mover that gives an address another person has",
      [mover({ email: "p2@example.com" })],
      "1",
      { result: "waiting identifier-in-use" },
    ],
    [
      "a mover of a person who is not there",
      [mover({ city: "杭州" })],
      "3",
      { result: "waiting user-unknown" },
    ],
    ["a leaver", [leave()], "1", { result: "accepted", fields: { status: "changed" } }],
    ["a TOTP secret", [importOtp("1")], "1", { result: "accepted", fields: { otp: "new" } }],
  ])("says what becomes of %s, and writes nothing", async (_, changes, subject, expected) => {
    const world = await withDead(changes, subject);
    const row = await previewOf(world, "dead");
    expect(row).toMatchObject(expected);
    const [applied] = await world.operate({ operation: "redrive", id: "dead" });
    expect(applied?.result).toBe(row?.result);
  });

  it("says why Authing cannot be asked", async () => {
    const world = await withDead([create("3")], "3");
    world.pool.script(
      Array.from({ length: 4 }, () => ({ on: "get-user", fault: { kind: "unauthorized" as const } })),
    );
    expect(await previewOf(world, "dead")).toMatchObject({ result: "not now credentials-refused" });
  });

  it("says of any change to people what applying it says", async () => {
    const person = fc.constantFrom("1", "2", "3");
    const field = fc.record(
      {
        email: fc.constantFrom("p1@example.com", "p2@example.com", "new@example.com"),
        city: fc.constantFrom("杭州", "上海"),
        status: fc.constantFrom("Activated" as const, "Suspended" as const),
        departmentIds: fc.constantFrom(["d-1"], ["d-2"]),
      },
      { requiredKeys: [] },
    );
    const change = fc.oneof(
      fc.tuple(person, field).map(([id, over]) => [id, [create(id, over)]] as const),
      fc.tuple(person, field).map(([id, over]) => [id, [mover(over)]] as const),
      fc
        .tuple(person, field)
        .map(([id, over]) => [id, [mover(personOf(id, over), { complete: true })]] as const),
      person.map((id) => [id, [leave()]] as const),
      person.map((id) => [id, [importOtp(id)]] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 3 }), change, async (before, [subject, changes]) => {
        const world = await openOwnWorld({ departments: ["d-1", "d-2"] });
        await world.deliver([hr("hired-1", "1", 0, [create("1")]), hr("hired-2", "2", 0, [create("2")])]);
        for (const [index, [id, made]] of before.entries())
          await world.deliver([hr(`e-${index}`, id, index + 1, made)]);
        await world.deliver([hr("dead", subject, 20, changes, broken)]);
        world.mend();
        const row = await previewOf(world, "dead");
        const [applied] = await world.operate({ operation: "redrive", id: "dead" });
        expect(applied?.result).toBe(row?.result);
      }),
      { numRuns: 150 },
    );
  });
});
