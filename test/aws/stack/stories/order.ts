import { expect, it } from "vitest";
import { orders } from "../../../delivery/plots.ts";
import { expectAgreement } from "../agreement.ts";
import { clerkUser, putSecrets, send } from "../senders.ts";
import type { OpenStack } from "../story.ts";

export function order(open: OpenStack): void {
  it("in any order no person is active after they left, and what comes late cites the newer", async () => {
    const stack = await open();
    await putSecrets(stack, ["clerk"]);
    const start = stack.clock.now() - 60_000;
    // A person for each order, all six at once.
    for (const turn of [0, 1, 2]) {
      const sent = orders.map((numbers, person) => {
        const number = numbers[turn] ?? 0;
        const email = { email_address: `zoe.${person}@example.com`, verification: { status: "verified" } };
        const user = {
          id: `user_${person}`,
          external_id: `e${person}`,
          email_addresses: [{ id: "e1", ...email }],
          ...(number === 2 && { first_name: "Zoé" }),
        };
        const bodies = [
          clerkUser("user.created", start + 1000, user),
          clerkUser("user.updated", start + 2000, user),
          { type: "user.deleted", timestamp: start + 3000, data: { id: user.id, deleted: true } },
        ];
        return send(stack, "clerk", bodies[number - 1], { id: `msg_${person}_${number}` });
      });
      expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(orders.map(() => 202));
      // An update that comes before its joiner waits for an hour.
      await stack.settled(2 * 3600);
    }

    expect(stack.sandbox.users().filter(({ status }) => status === "Activated")).toEqual([]);
    const { events } = await stack.ledger();
    const records = new Map(events.map((record) => [record.id, record]));
    expect(records.size).toBe(18);
    for (const [person, numbers] of orders.entries()) {
      // What else a late joiner says may be applied, but not that the account is open.
      if (numbers.indexOf(1) < numbers.indexOf(3)) continue;
      expect(records.get(`msg_${person}_1`)?.superseded).toMatchObject({ access: `clerk/msg_${person}_3` });
    }
    await expectAgreement(stack);
  });
}
