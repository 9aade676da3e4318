import { expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { openOkta } from "../journeys/okta-people.ts";
import { journey } from "../journeys/stack.ts";
import { run } from "./real-command.ts";

it("npm run reconcile shows a plan, applies it, and says when nothing differs", async () => {
  const okta = await openOkta(3);
  const { stack, secrets } = await journey({ config: defineConfig({ sources: { okta: {} } }) });
  secrets["sources/okta"] = {
    current: {
      authorization: "Basic aW52ZW50ZWQ=",
      apiToken: "00invented",
      domain: "okta.example.com",
      apiHost: okta.url,
    },
  };
  const reconcile = (...given: string[]) => run("reconcile", [...given, "--url", stack.url]);

  const plan = await reconcile("okta", "--plan");
  expect(plan.status, plan.error).toBe(0);
  expect(plan.out).toMatch(/3 {2}would join/);
  expect(stack.sandbox?.users()).toEqual([]);
  const id = /--run (\S+)/.exec(plan.error)?.[1] ?? "";
  const applied = await reconcile("okta", "--run", id, "--yes");
  expect(applied.out).toMatch(/3 {2}joined/);
  expect(applied.error).toContain(`results/roster/okta/${id}/report.html`);
  expect(stack.sandbox?.users()).toHaveLength(3);

  const again = await reconcile("okta", "--yes", "--json");
  expect(again.out).toContain('"unchanged": 3');
  okta.people.clear();
  const refused = await reconcile("okta", "--yes");
  expect(refused.status).toBe(1);
  expect(refused.out).toContain("Nothing was concluded: roster-empty");
  expect((await reconcile("unknown", "--yes")).status).toBe(1);
  expect((await reconcile("okta", "--adopt", "name")).status).toBe(2);
}, 60_000);
