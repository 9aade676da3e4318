import { expect, it } from "vitest";
import type { RosterReport } from "#lib/rosters/report.ts";
import { openOkta } from "../../../journeys/okta-people.ts";
import { expectAgreement } from "../agreement.ts";
import { putSecrets, secretOf } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

async function roster(stack: Stack, options: object = {}): Promise<RosterReport> {
  const { run } = await stack.operate({ operation: "start-roster", source: "okta", ...options });
  await stack.settled();
  return stack.operate({ operation: "follow-roster", source: "okta", run });
}

export function rosters(open: OpenStack): void {
  it("of a source's API bring everybody, prove departures, and cost nothing where nothing differs", async () => {
    const stack = await open();
    const okta = await openOkta(260);
    await putSecrets(stack);
    await stack.putSecret("sources/okta", { ...secretOf("okta"), apiHost: okta.url });
    const plan = await roster(stack, { plan: true });
    expect(plan.problem).toBeUndefined();
    expect(plan).toMatchObject({ state: "planned", joiners: 260, foretold: { accepted: 260 } });
    expect(stack.sandbox.users()).toEqual([]);
    await stack.operate({ operation: "apply-roster", source: "okta", run: plan.run });
    await stack.settled();
    expect(stack.sandbox.users()).toHaveLength(260);

    const requests = stack.sandbox.requests.length;
    await stack.clock.pass(86_400);
    expect(await roster(stack)).toMatchObject({ unchanged: 260, requests: { authing: 0 } });
    expect(stack.sandbox.requests).toHaveLength(requests);

    const [gone = "", moved = ""] = okta.people.keys();
    okta.people.delete(gone);
    const user = okta.people.get(moved);
    if (user) okta.people.set(moved, { ...user, profile: { ...user.profile, firstName: "四" } });
    await stack.clock.pass(86_400);
    expect(await roster(stack)).toMatchObject({
      movers: 1,
      departures: { proven: 1 },
      outcomes: { accepted: 2 },
    });
    expect(stack.sandbox.users().filter(({ status }) => status === "Resigned")).toMatchObject([
      { externalId: gone },
    ]);
    // Fourteen are more than 5 % of 259: they are held, until the list has them again.
    const many = [...okta.people].slice(100, 114);
    for (const [id] of many) okta.people.delete(id);
    await stack.clock.pass(86_400);
    expect(await roster(stack)).toMatchObject({ departures: { proven: 14, areHeld: true } });
    expect(await stack.keys("parked/held/")).toHaveLength(14);
    for (const [id, person] of many) okta.people.set(id, person);
    await stack.clock.pass(86_400);
    expect(await roster(stack)).toMatchObject({ unchanged: 259, outcomes: {} });
    expect(await stack.keys("parked/")).toEqual([]);
    const left = await stack.keys("rosters/");
    expect(left.filter((key) => !/\/(state|last)\.json$/.test(key))).toEqual([]);
    await expectAgreement(stack);
  });

  it("of files are compared, and a list that is refused is told", async () => {
    const stack = await open();
    await putSecrets(stack, []);
    const header = "工号,姓名,邮箱\n";
    await stack.upload(
      "incoming/roster/okta/员工.csv",
      `${header}1,张三,zhang@example.com\n2,李四,li@example.com\n`,
    );
    await stack.settled();
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "1" }, { externalId: "2" }]);
    await stack.upload("plan/roster/okta/员工.csv", `${header}1,张三,zhang@example.com\n`);
    await stack.settled();
    await stack.upload("incoming/roster/okta/员工.csv", header);
    await stack.upload("incoming/roster/unknown/员工.csv", header);
    await stack.settled();
    expect(stack.lines.filter(({ text }) => text.includes("roster refused"))).toHaveLength(2);
    await expectAgreement(stack);
  });
}
