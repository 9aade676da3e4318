import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { clerkUser, creates, employee, putSecrets, send } from "../senders.ts";
import type { OpenStack } from "../story.ts";

/** Twenty times, five at once. */
async function storm(sendOnce: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(Array.from({ length: 5 }, sendOnce));
    statuses.push(...answers.map(({ status }) => status));
  }
  return statuses;
}

export function duplicates(open: OpenStack): void {
  it("20 times in a storm, and an hour later after a restart, is once", async () => {
    const stack = await open();
    await putSecrets(stack);
    const body = { employees: [employee("10010")] };
    expect(await storm(() => send(stack, "bamboohr", body))).toEqual(Array.from({ length: 20 }, () => 202));
    await stack.settled();
    const [first] = (await stack.ledger()).events;

    await stack.clock.pass(3600);
    await Promise.all(["webhooks-bamboohr", "events-apply"].map((name) => stack.fn(name).kill()));
    expect((await send(stack, "bamboohr", body)).status).toBe(202);
    expect(await stack.waiting("events-apply")).toBe(1);
    await stack.settled();

    expect(creates(stack)).toHaveLength(1);
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "10010" }]);
    expect((await stack.ledger()).events).toEqual([first]);
    expect(first?.outcome).toMatchObject({ kind: "accepted" });
    const seen = stack.lines.filter(({ text }) => text.includes("event seen before"));
    expect(seen.length).toBeGreaterThanOrEqual(1);
    expect(seen.every(({ text }) => text.includes(first?.id ?? "?"))).toBe(true);

    // After the time over which the sender repeats a delivery, the same words are said anew.
    await stack.clock.pass(15 * 86_400);
    expect((await send(stack, "bamboohr", body)).status).toBe(202);
    await stack.settled();
    expect(stack.sandbox.users()).toHaveLength(1);
    expect((await stack.ledger()).events).toMatchObject([
      first,
      {
        id: `${first?.id}~1`,
        outcome: { kind: "accepted", userId: stack.sandbox.users()[0]?.userId },
      },
    ]);
    await expectAgreement(stack);
  });

  it("of a sender with signed ids is once too, and without its id it is refused", async () => {
    const stack = await open();
    await putSecrets(stack);
    const body = clerkUser("user.created", stack.clock.now());
    const sending = { id: "msg_storm" };
    expect(await storm(() => send(stack, "clerk", body, sending))).toEqual(
      Array.from({ length: 20 }, () => 202),
    );
    await stack.settled();
    await stack.clock.pass(3600);
    expect((await send(stack, "clerk", body, sending)).status).toBe(202);
    const nameless = await send(stack, "clerk", body, {
      ...sending,
      change: ({ headers, body: bytes }) => ({
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.endsWith("-id"))),
        body: bytes,
      }),
    });
    expect(nameless.status).toBe(401);
    await stack.settled();
    expect(creates(stack)).toHaveLength(1);
    expect((await stack.ledger()).events).toMatchObject([{ id: "msg_storm", outcome: { kind: "accepted" } }]);
    await expectAgreement(stack);
  });
}
