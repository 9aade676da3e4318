import { expect, it } from "vitest";
import { openOwnWorld } from "./own-world.ts";
import { create, leave } from "./story.ts";
import { personOf, told, type World } from "./world.ts";

// A joiner whose address another account has: an equal address makes no two people one.

const email = "zhang@example.com";
const joined = (source: string) => told(source, "hired-9", "9", 0, [create("9", { email })]);

/** What becomes of a joiner of HR with the address, after an hour. */
async function outcomeAfter(prepare: (world: World) => Promise<unknown>) {
  const world = await openOwnWorld();
  await prepare(world);
  const { userId } = world.pool.users()[0] ?? {};
  await world.deliver([told("hr", "hired-1", "1", 5, [create("1", { email })])]);
  await world.deliverWaiting();
  expect(world.pool.users()).toMatchObject([{ userId, email }]);
  const { outcome } = (await world.recordOf("hr", "hired-1")) ?? {};
  expect(outcome).toMatchObject({ field: "email", userId });
  return { kind: outcome?.kind, reason: outcome?.reason, by: outcome?.by };
}

it.each([
  [
    "an account that the ledger does not know is a question for an operator",
    async ({ ports }: World) => ports.authing.createUsersBatch({ list: [personOf("9", { email })] }),
    { kind: "held", reason: "account-exists", by: undefined },
  ],
  [
    "an account without an id of ours is one, too",
    async ({ ports }: World) => ports.authing.createUsersBatch({ list: [{ email }] }),
    { kind: "held", reason: "account-exists", by: undefined },
  ],
  [
    "another source's account is another person's",
    async (world: World) => world.deliver([joined("idp")]),
    { kind: "rejected", reason: "conflict", by: "idp/hired-9" },
  ],
  [
    "an open account of the same source may be giving the address up, for an hour",
    async (world: World) => world.deliver([joined("hr")]),
    { kind: "rejected", reason: "identifier-in-use", by: "hr/hired-9" },
  ],
  [
    "a closed account of the same source may be the person's who comes back: a question for an operator",
    async (world: World) => world.deliver([joined("hr"), told("hr", "left-9", "9", 1, [leave()])]),
    { kind: "held", reason: "returned-under-new-id", by: "hr/hired-9" },
  ],
])("%s", async (_, prepare, expected) => {
  expect(await outcomeAfter(prepare)).toEqual(expected);
});
