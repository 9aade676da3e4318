import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { metricsOf } from "../log.ts";
import { countOf, creates, employee, largeNote, putSecrets, send } from "../senders.ts";
import type { OpenStack } from "../story.ts";

export function awsTrouble(open: OpenStack): void {
  it("is the sender's 503, and not one event is lost", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    const deliveries = [
      ["secretsmanager:GetSecretValue", employee("t1")],
      ["sqs:SendMessage", employee("t2")],
      ["s3:PutObject", employee("t3", "Created", largeNote)],
    ] as const;
    for (const [action, who] of deliveries) {
      // The SDK tries three times; of a secret there are two versions to read.
      stack.refuse(action, 6);
      const first = await send(stack, "bamboohr", { employees: [who] });
      expect(`${action} ${first.status} ${first.headers.get("retry-after")}`).toBe(`${action} 503 30`);
      stack.refuse(action, 0);
      await stack.clock.pass(30);
      const second = await send(stack, "bamboohr", { employees: [who] });
      expect(`${action} ${second.status}`).toBe(`${action} 202`);
    }
    await stack.settled();
    expect(stack.sandbox.users().map(({ externalId }) => externalId)).toEqual(["t1", "t2", "t3"]);
    expect(metricsOf(stack)).toMatchObject({ DeliveriesFailed: 3, DeliveriesAccepted: 3 });
    await expectAgreement(stack);
  });

  it("with the ledger makes events come again, and no person twice", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    const employees = Array.from({ length: 10 }, (_, index) => employee(`t${index}`));
    expect((await send(stack, "bamboohr", { employees })).status).toBe(202);
    // First nothing can be claimed; then what was done cannot be written down.
    stack.refuse("dynamodb:UpdateItem", 20);
    await stack.drain();
    stack.refuse("dynamodb:UpdateItem", 0);
    stack.refuse("dynamodb:PutItem", 20);
    await stack.clock.pass(10);
    await stack.drain();
    stack.refuse("dynamodb:PutItem", 0);
    await stack.settled();
    expect(creates(stack).map(({ count }) => count)).not.toHaveLength(0);
    expect(stack.sandbox.users()).toHaveLength(10);
    const kinds = Object.keys(countOf((await stack.ledger()).events.map(({ outcome }) => outcome.kind)));
    expect(kinds.every((kind) => kind === "accepted" || kind === "already-done")).toBe(true);
    await expectAgreement(stack);
  });
}
