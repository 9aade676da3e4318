import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { countOf, creates, employee, putSecrets, send } from "../senders.ts";
import type { OpenStack } from "../story.ts";
import { importOf } from "./uploads.ts";

export function killed(open: OpenStack): void {
  it("in the middle of a batch, when Authing has it and the ledger does not, loses nothing and doubles nothing", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    stack.sandbox.script([{ on: "create-users-batch", fault: { kind: "hang-after-applying" } }]);
    const employees = Array.from({ length: 10 }, (_, index) => employee(`k${index}`));
    expect((await send(stack, "bamboohr", { employees })).status).toBe(202);
    const drained = stack.drain();
    await expect
      .poll(() => stack.sandbox.users().length, { interval: 1, timeout: 10_000 })
      .toBeGreaterThan(0);
    await stack.fn("events-apply").kill();
    await drained;
    expect((await stack.ledger()).events).toEqual([]);
    expect(await stack.waiting("events-apply")).toBe(10);

    await stack.settled();
    expect(
      stack.sandbox
        .users()
        .map(({ externalId }) => externalId)
        .toSorted(),
    ).toEqual(employees.map(({ id }) => id));
    const outcomes = (await stack.ledger()).events.map(({ outcome }) => outcome.kind);
    expect(outcomes).toHaveLength(10);
    expect(
      Object.keys(countOf(outcomes)).every((kind) => kind === "accepted" || kind === "already-done"),
    ).toBe(true);
    expect(await stack.keys("parked/")).toEqual([]);
    await expectAgreement(stack);
  });

  it("in the middle of a file goes on with the rows that are left", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    stack.sandbox.script([
      { on: "create-users-batch", fault: { kind: "none" } },
      { on: "create-users-batch", fault: { kind: "hang-after-applying" } },
    ]);
    const rows = Array.from(
      { length: 150 },
      (_, index) => `k${index},张三${index},killed.${index}@example.com`,
    );
    await stack.upload("incoming/users/people.csv", `externalId,name,email\n${rows.join("\n")}\n`);
    await stack.queueOf("uploads-plan").drain();
    const drained = stack.drain();
    await expect.poll(() => stack.sandbox.users().length, { interval: 1, timeout: 10_000 }).toBe(100);
    await stack.fn("uploads-run").kill();
    await drained;
    expect((await importOf(stack)).summary).toEqual({});

    await stack.settled();
    const { summary, accepted } = await importOf(stack);
    expect(summary).toMatchObject({ state: "finished", rows: 150, rejected: 0 });
    expect((summary.accepted ?? 0) + (summary.alreadyDone ?? 0)).toBe(150);
    expect(accepted.trim().split("\n")).toHaveLength(150);
    expect(stack.sandbox.users()).toHaveLength(150);
    // The first batch is known to be there; the second one is refused as a whole, and then found.
    expect(creates(stack).map(({ count }) => count)).toEqual([50, 50, 50, 50]);
    await expectAgreement(stack);
  });
}
