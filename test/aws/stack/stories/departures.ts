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
    const { rows: held } = await stack.operate({ operation: "list", kinds: ["held"] });
    expect(held).toHaveLength(4);
    expect(statuses(stack)).toEqual({ Activated: 4, Resigned: 10 });
    expect(JSON.stringify(held)).not.toContain("zhang.san");

    expect(await stack.operate({ operation: "release", mode: "apply", source: "clerk" })).toEqual({
      rows: [],
    });
    const release = { operation: "release", source: "bamboohr" };
    expect((await stack.operate({ ...release, mode: "preview" })).rows).toMatchObject(
      Array.from(held, () => ({ result: "accepted", fields: { status: "changed" } })),
    );
    expect(statuses(stack)).toEqual({ Activated: 4, Resigned: 10 });
    const named = await stack.operate({ operation: "explain", asked: held[0].externalId });
    expect(named.events.at(-1).leftBefore).toHaveLength(10);
    expect((await stack.operate({ ...release, mode: "apply" })).rows).toMatchObject(
      Array.from(held, () => ({ result: "accepted" })),
    );
    expect(statuses(stack)).toEqual({ Resigned: 14 });
    expect(await stack.operate({ ...release, mode: "apply" })).toEqual({ rows: [] });
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
    const discard = { operation: "discard", mode: "apply", kinds: ["held"], source: "bamboohr" };
    const { rows: discarded } = await stack.operate(discard);
    expect(discarded).toHaveLength(2);
    expect(discarded).toMatchObject(Array.from(discarded, () => ({ result: "discarded" })));
    expect(statuses(stack)).toEqual({ Activated: 2, Resigned: 10 });
    const stays = stack.sandbox.users().find(({ status }) => status === "Activated");
    const told = await stack.operate({ operation: "explain", asked: stays?.externalId });
    expect(told.events.at(-1)).toMatchObject({ outcome: { kind: "rejected", reason: "discarded" } });
    await expect(stack.operate({ operation: "destroy" })).rejects.toThrow("operation-unknown");
    await expectAgreement(stack);
  });
}
