import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { countOf, employee, putSecrets, send } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

const statuses = ({ sandbox }: Stack) => countOf(sandbox.users().map(({ status }) => status));
const employees = (count: number, action: string) => ({
  employees: Array.from({ length: count }, (_, index) => employee(`d${index}`, action)),
});

export function departures(open: OpenStack): void {
  it("beyond what an hour normally sees are held, and released or given up by a word", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    await send(stack, "bamboohr", employees(14, "Created"));
    await stack.settled();
    await stack.clock.pass(60);
    await send(stack, "bamboohr", employees(14, "Deleted"));
    await stack.settled();
    const held = await stack.operate({ operation: "list", kind: "held" });
    expect(held).toHaveLength(4);
    expect(statuses(stack)).toEqual({ Activated: 4, Resigned: 10 });
    expect(JSON.stringify(held)).not.toContain("zhang.san");

    expect(await stack.operate({ operation: "release", source: "clerk" })).toEqual([]);
    expect(await stack.operate({ operation: "release", source: "bamboohr" })).toMatchObject(
      Array.from(held, () => ({ result: "accepted" })),
    );
    expect(statuses(stack)).toEqual({ Resigned: 14 });
    expect(await stack.operate({ operation: "release" })).toEqual([]);
    expect(await stack.keys("parked/")).toEqual([]);
    await expectAgreement(stack);
  });

  it("that are discarded change nothing, and say so", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    await send(stack, "bamboohr", employees(12, "Created"));
    await stack.settled();
    await stack.clock.pass(60);
    await send(stack, "bamboohr", employees(12, "Deleted"));
    await stack.settled();
    const discarded = await stack.operate({ operation: "discard" });
    expect(discarded).toHaveLength(2);
    expect(discarded).toMatchObject(Array.from(discarded, () => ({ result: "discarded" })));
    expect(statuses(stack)).toEqual({ Activated: 2, Resigned: 10 });
    const stays = stack.sandbox.users().find(({ status }) => status === "Activated");
    const told = await stack.operate({ operation: "explain", externalId: stays?.externalId });
    expect(told.at(-1)).toMatchObject({ outcome: { kind: "rejected", reason: "discarded" } });
    await expect(stack.operate({ operation: "destroy" })).rejects.toThrow("operation-unknown");
    await expectAgreement(stack);
  });
}
