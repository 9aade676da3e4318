import { expect, it } from "vitest";
import { hired } from "./people.ts";
import { journey } from "./stack.ts";

// docs/one-machine.md, "Move to AWS": the accounts stay, the ledger begins anew.

const moved = () =>
  hired({ action: "Updated", timestamp: new Date().toISOString() }, { City: { value: "上海" } });

it.each([
  ["is held where no file says whose people they are", undefined, "held"],
  [
    "is applied once a file of their source has named them",
    "externalId,email\n10010,san.zhang@example.com\n",
    "accepted",
  ],
])("a mover of a person that another ledger has created %s", async (_, file, outcome) => {
  // The account is an hour old: it is none that the mover itself may have made just now.
  const hourAgo = () => Date.now() - 3_600_000;
  const before = await journey({ sandbox: { now: hourAgo, clockToleranceSeconds: 86_400 } });
  await before.send("bamboohr", hired());
  await before.stack.settled();
  const after = await journey({ authingHost: before.stack.authingHost });
  if (file !== undefined) {
    await after.upload("users/bamboohr", "people.csv", file);
  }
  await after.send("bamboohr", moved());
  await after.stack.settled();
  const { body } = await after.person("10010");
  expect(body.events.at(-1).outcome.kind).toBe(outcome);
  expect(before.stack.sandbox?.users()).toHaveLength(1);
  expect(before.stack.sandbox?.users()[0]?.city).toBe(outcome === "accepted" ? "上海" : undefined);
});
