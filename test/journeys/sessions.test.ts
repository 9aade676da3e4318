import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import type { LeavePolicy } from "#lib/contract/policies.ts";
import { hired } from "./people.ts";
import { journey, type Journey } from "./stack.ts";

const kickUsers = ["62188e71cinvented01"];
const kicks = ({ stack }: Journey) =>
  stack.sandbox?.requests.filter(({ operation }) => operation === "kick-users") ?? [];

async function departed(
  { leave = "resign", ...authing }: { leave?: LeavePolicy; kickUsers?: string[] },
  isRefused = false,
): Promise<Journey> {
  const run = await journey({ config: defineConfig({ authing, sources: { bamboohr: { leave } } }) });
  await run.send("bamboohr", hired());
  if (isRefused) run.stack.sandbox?.script([{ on: "kick-users", fault: { kind: "http-500" } }]);
  await run.send("bamboohr", { employees: [{ id: "10010", action: "Deleted", fields: {} }] });
  await run.stack.settled();
  return run;
}

describe("the sessions of a leaver", () => {
  it("are not ended by default", async () => {
    expect(kicks(await departed({}))).toEqual([]);
  });

  it.each(["resign", "suspend", "deactivate"] as const)(
    "are ended in the applications of the configuration, once the account is closed, by %s",
    async (leave) => {
      const run = await departed({ kickUsers, leave });
      const userId = run.stack.sandbox?.users()[0]?.userId;
      expect(kicks(run)).toMatchObject([{ body: { appIds: kickUsers, userId } }]);
      expect(run.stack.ledger.recent(1)).toMatchObject([
        { outcome: { kind: "accepted", reason: "sessions-ended" } },
      ]);
    },
  );

  it("that cannot be ended do not prevent the record of the departure", async () => {
    const run = await departed({ kickUsers }, true);
    expect(run.stack.sandbox?.users()).toMatchObject([{ status: "Resigned" }]);
    expect(run.stack.ledger.recent(1)).toMatchObject([
      { outcome: { kind: "accepted", reason: "sessions-not-ended" } },
    ]);
    expect(run.log.filter((line) => line.startsWith("warn sessions not ended"))).toHaveLength(1);
  });

  it("of an account that is deleted need no ending", async () => {
    const run = await departed({ kickUsers, leave: "delete" });
    expect(run.stack.sandbox?.users()).toEqual([]);
    expect(kicks(run)).toEqual([]);
  });
});
