import { expect, it } from "vitest";
import type { Change, PersonReference } from "#lib/contract/change.ts";
import { create, secret } from "./story.ts";
import { openTasks } from "./tasks.ts";

// A row of a file of secrets may name its person by several columns: they must not lead to two people.

/** Rows of files, and the pool that they are brought to: people 1 and 2; the ledger knows of them what it is told. */
async function openFiles() {
  const { clock, pool, ledger, bring: bringTasks } = openTasks();
  const bring = (changes: readonly Change[]) =>
    bringTasks(
      changes.map((change, index) => ({
        change,
        by: `uploads/i/${index}`,
        source: "uploads",
        since: clock.now(),
        links: false,
        isSame: false,
      })),
    );
  await bring([
    create("1", { username: "zhang" }),
    create("2", { phone: "13800138000", phoneCountryCode: "+86" }),
  ]);
  const [first, second] = pool.users();
  const secretsOf = () => [first, second].map((user) => pool.otpOf(user?.userId ?? ""));
  return { bring, pool, ledger, first, second, secretsOf };
}

const secretFor = (who: PersonReference): Change => ({ kind: "import-otp", who, otp: { secret } });

it.each<[PersonReference, string]>([
  [{ externalId: "1", email: "p2@example.com" }, "email"],
  [{ externalId: "1", phone: "13800138000", phoneCountryCode: "+86" }, "phone"],
  [{ email: "p2@example.com", username: "zhang" }, "username"],
  [{ externalId: "1", email: "p1@example.com", phone: "13800138000", phoneCountryCode: "+86" }, "phone"],
])("a secret for two people goes to neither: %j", async (who, field) => {
  const { bring, secretsOf } = await openFiles();
  expect(await bring([secretFor(who)])).toEqual([{ kind: "rejected", reason: "identities-differ", field }]);
  expect(secretsOf()).toEqual([undefined, undefined]);
});

it("Authing's id and another identifier must lead to the same account", async () => {
  const { bring, first, secretsOf } = await openFiles();
  const userId = first?.userId ?? "";
  expect(await bring([secretFor({ userId, email: "p2@example.com" })])).toMatchObject([
    { kind: "rejected", reason: "identities-differ", field: "email" },
  ]);
  expect(await bring([secretFor({ userId, email: "p1@example.com" })])).toMatchObject([{ kind: "accepted" }]);
  expect(secretsOf()).toEqual([secret, undefined]);
});

it("rows beside it are brought, and an identifier that no account has is no other person's", async () => {
  const { bring, pool, secretsOf } = await openFiles();
  const before = pool.requests.length;
  const outcomes = await bring([
    secretFor({ externalId: "1", email: "P1@example.com", username: "zhang" }),
    secretFor({ externalId: "2", email: "p1@example.com" }),
    secretFor({ externalId: "2", email: "new@example.com", phone: "13800138000" }),
  ]);
  expect(outcomes).toMatchObject([
    { kind: "accepted" },
    { kind: "rejected", reason: "identities-differ", field: "email" },
    { kind: "accepted" },
  ]);
  expect(secretsOf()).toEqual([secret, secret]);
  // What the first look-up has shown is not asked for again.
  const lookUps = pool.requests
    .slice(before)
    .filter(({ operation }) => operation.startsWith("get-user-batch"));
  expect(lookUps).toHaveLength(2);
});

it("an account that was made anew since the ledger knew it is the same person's", async () => {
  const { bring, ledger, second, secretsOf } = await openFiles();
  await ledger.recordPeople([{ externalId: "2", userId: "gone", createdBy: "uploads/i/1" }]);
  expect(await bring([secretFor({ externalId: "2", email: "p2@example.com" })])).toMatchObject([
    { kind: "accepted", userId: second?.userId },
  ]);
  expect(secretsOf()).toEqual([undefined, secret]);
});
