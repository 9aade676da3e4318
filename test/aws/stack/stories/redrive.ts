import { expect, it } from "vitest";
import { unpack, type Packages } from "../packages.ts";
import { expectAgreement } from "../agreement.ts";
import {
  clerkUser,
  countOf,
  employee,
  joinerRequest,
  post,
  putSecrets,
  send,
  sourceNames,
} from "../senders.ts";
import type { OpenStack } from "../story.ts";

const person = (index: number, over: object = {}) => ({
  id: `user_${index}`,
  external_id: `e${index}`,
  email_addresses: [
    { id: "e1", email_address: `zoe.${index}@example.com`, verification: { status: "verified" } },
  ],
  ...over,
});

export function redrive(open: OpenStack, right: () => Packages): void {
  it("brings thirty dead letters of a wrong configuration back: 24 arrive, 5 are told already, one says why not", async () => {
    const wrong = await unpack("test/aws/stack/forgotten.config.ts");
    try {
      const stack = await open({ packages: wrong });
      await putSecrets(stack);
      const start = stack.clock.now() - 60_000;
      const told = (index: number, type: string, over: object = {}, at = start) =>
        send(stack, "clerk", clerkUser(type, at, person(index, over)), { id: `${type}-${index}` });
      for (let index = 0; index < 30; index += 1) {
        const truly = index === 7 ? { external_id: "e".repeat(300) } : {};
        expect((await told(index, "user.created", truly)).status).toBe(202);
      }
      // And a joiner of every other source: the source may have to be asked before the event is understood.
      for (const name of sourceNames.filter((each) => each !== "clerk")) {
        expect((await post(stack, name, joinerRequest(stack, name))).ok).toBe(true);
      }
      // And one who leaves, as departures are counted here too.
      const leaver = { employees: [employee("nobody-knows", "Deleted")] };
      expect((await send(stack, "bamboohr", leaver)).status).toBe(202);
      await stack.settled();
      expect(stack.sandbox.requests).toEqual([]);
      const { rows: listed } = await stack.operate({ operation: "list", kinds: ["dead"], limit: 200 });
      expect(countOf(listed.map(({ source }: { source: string }) => source))).toEqual(
        Object.fromEntries(sourceNames.map((name) => [name, { clerk: 30, bamboohr: 2 }[name] ?? 1])),
      );

      await stack.deployAgain(right());
      for (const index of [10, 11, 12, 13, 14]) await told(index, "user.updated", {}, start + 30_000);
      await stack.settled();
      const requests = stack.sandbox.requests.length;
      const resultsOf = async (mode: "preview" | "apply") =>
        countOf(
          (await stack.operate({ operation: "redrive", mode, reason: "source-not-enabled", limit: 500 })).rows
            .filter(({ source }: { source: string }) => source === "clerk")
            .map(({ result }: { result: string }) => result),
        );
      const all = { accepted: 24, superseded: 5, "dead external-id-too-long": 1 };
      expect(await resultsOf("preview")).toEqual(all);
      const looked = stack.sandbox.requests.slice(requests).map(({ operation }) => operation);
      expect(looked.filter((operation) => !operation.startsWith("get-"))).toEqual([]);
      expect(stack.sandbox.users()).toHaveLength(5);

      expect(await resultsOf("apply")).toEqual(all);
      expect(stack.sandbox.users()).toHaveLength(29 + sourceNames.length - 1);
      const afterwards = stack.sandbox.requests.length;
      for (let again = 0; again < 2; again += 1) {
        expect(await resultsOf("apply")).toEqual({});
      }
      expect(stack.sandbox.requests).toHaveLength(afterwards);
      expect(await stack.keys("parked/dead/")).toHaveLength(1);
      await expectAgreement(stack);
    } finally {
      wrong.remove();
    }
  });
}
