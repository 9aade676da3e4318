import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { countOf, creates, employee, putSecrets, send } from "../senders.ts";
import { accessKey } from "../stack.ts";
import type { OpenStack } from "../story.ts";
import { troubles } from "../../../delivery/plots.ts";
import { importOf } from "./uploads.ts";

export function trouble(open: OpenStack): void {
  it("of every kind costs none of 400 people and doubles none", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    stack.sandbox.script(troubles.map((fault) => ({ on: "create-users-batch", fault })));
    const rows = Array.from(
      { length: 400 },
      (_, index) => `e${index},张三${index},person.${index}@example.com`,
    );
    await stack.upload("incoming/users/people.csv", `externalId,name,email\n${rows.join("\n")}\n`);
    await stack.settled();

    const { summary } = await importOf(stack);
    expect(summary).toMatchObject({ state: "finished", rows: 400, accepted: 400, rejected: 0 });
    expect(stack.sandbox.pendingFaults).toBe(0);
    expect(stack.sandbox.users()).toHaveLength(400);
    // Eight batches, four refusals, one that the gateway did not hand on; what was applied unanswered is not sent again.
    expect(creates(stack)).toHaveLength(13);
    const { requests } = stack.sandbox;
    expect(new Set(requests.map(({ nonce }) => nonce)).size).toBe(requests.length);
    for (const { at, date } of requests)
      expect(Math.abs(Date.parse(at) - Date.parse(date ?? ""))).toBeLessThan(2000);
    await expectAgreement(stack);
  });

  it("costs no event of a webhook either", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    stack.sandbox.script(
      (["http-429", "hang-after-applying", "reset-after-applying", "http-502", "http-503"] as const).map(
        (kind) => ({
          on: "create-users-batch",
          fault: { kind },
        }),
      ),
    );
    const employees = Array.from({ length: 40 }, (_, index) => employee(`e${index}`));
    expect((await send(stack, "bamboohr", { employees })).status).toBe(202);
    await stack.settled();
    expect(stack.sandbox.users()).toHaveLength(40);
    expect(countOf((await stack.ledger()).events.map(({ outcome }) => outcome.kind))).toEqual({
      accepted: 40,
    });
    await expectAgreement(stack);
  });

  it("with the credentials keeps every event in the queue until they are right", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    stack.sandbox.setAccessKeys([{ ...accessKey, accessKeySecret: "somebody-changed-it" }]);
    const employees = Array.from({ length: 12 }, (_, index) => employee(`e${index}`));
    expect((await send(stack, "bamboohr", { employees })).status).toBe(202);
    await stack.drain();
    expect(await stack.waiting("events-apply")).toBe(12);
    expect((await stack.ledger()).events).toEqual([]);
    expect(await stack.keys("parked/")).toEqual([]);
    stack.sandbox.setAccessKeys([accessKey]);
    await stack.settled();
    expect(stack.sandbox.users()).toHaveLength(12);
    await expectAgreement(stack);
  });
}
