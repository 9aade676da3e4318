import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import {
  clerkUser,
  countOf,
  employee,
  joinerRequest,
  largeNote,
  post,
  putSecrets,
  secretOf,
  send,
} from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

/** Every outcome so far, by its kind. */
const outcomes = async (stack: Stack) =>
  countOf((await stack.ledger()).events.map(({ outcome }) => outcome.kind));

/** Lets minutes pass, with what a schedule does in each of them. */
async function minutes(stack: Stack, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    await stack.clock.pass(60);
    await stack.everyMinute();
    await stack.drain();
  }
}

export function waiting(open: OpenStack): void {
  it("of a paused source are stored, whatever their size, and applied when the pause ends", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr", "clerk"]);
    await stack.operate({ operation: "pause", source: "bamboohr" });
    await send(stack, "bamboohr", { employees: [employee("1"), employee("2", "Created", largeNote)] });
    await send(stack, "clerk", clerkUser("user.created", stack.clock.now()));
    await stack.drain();
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "10010" }]);
    expect(await stack.keys("parked/waiting/bamboohr/")).toHaveLength(2);
    expect(await stack.waiting("events-apply")).toBe(0);

    // They come back again and again, and are parked anew as long as the pause lasts.
    await minutes(stack, 25);
    expect(await stack.keys("parked/waiting/bamboohr/")).toHaveLength(2);
    expect(await outcomes(stack)).toEqual({ accepted: 1 });
    const listed = await stack.operate({ operation: "list", kinds: ["waiting"] });
    expect(listed.rows).toMatchObject(Array.from({ length: 2 }, () => ({ reason: "source-paused" })));

    const resumed = await stack.operate({ operation: "resume", source: "bamboohr" });
    expect(resumed).toEqual({ broughtBack: 2 });
    await stack.settled();
    expect(stack.sandbox.users()).toHaveLength(3);
    expect(await outcomes(stack)).toEqual({ accepted: 3 });
    expect(await stack.keys("parked/")).toEqual([]);
    await expectAgreement(stack);
  });

  it("for a source whose API does not answer come back by themselves once it does", async () => {
    const stack = await open();
    await putSecrets(stack);
    const right = stack.secretNow("sources/dingtalk");
    await stack.putSecret("sources/dingtalk", { ...secretOf("dingtalk"), apiHost: "http://127.0.0.1:1" });
    expect((await post(stack, "dingtalk", joinerRequest(stack, "dingtalk"))).ok).toBe(true);
    await stack.drain();
    expect(await stack.keys("parked/waiting/dingtalk/")).toHaveLength(1);
    expect(await stack.waiting("events-apply")).toBe(0);
    await stack.putSecret("sources/dingtalk", right);
    await stack.settled();
    expect(await outcomes(stack)).toEqual({ accepted: 1 });
    await expectAgreement(stack);
  });
}
