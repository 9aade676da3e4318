import { expect, it, onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { RosterReport } from "#lib/rosters/report.ts";
import { oktaUser, openOkta } from "./okta-people.ts";
import { journey, type Journey } from "./stack.ts";

// A company of 3,000 people in Okta, from the day before to the night after a bad month (S17, S18), over the whole bundle.

const config = defineConfig({ sources: { okta: {} } });

async function openCompany(count: number) {
  const okta = await openOkta(count);
  const stage = await journey({ config });
  stage.secrets["sources/okta"] = {
    current: {
      authorization: "Basic aW52ZW50ZWQ=",
      apiToken: "00invented",
      domain: "okta.example.com",
      apiHost: okta.url,
    },
  };
  const keys = stage.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
  const byHand = createAuthingClient({ host: stage.stack.authingHost, credentials: async () => keys });
  onTestFinished(() => byHand.close());
  return { okta, stage, byHand };
}

async function roster(stage: Journey, options: object = {}): Promise<RosterReport> {
  const begun = await stage.operate({ operation: "start-roster", source: "okta", ...options });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  await stage.stack.settled();
  return followed(stage, begun.body.run);
}

const followed = async (stage: Journey, run: string): Promise<RosterReport> =>
  (await stage.operate({ operation: "follow-roster", source: "okta", run })).body;

it("a company is loaded on the day before, and a bad month is mended in one night", async () => {
  const { okta, stage, byHand } = await openCompany(3_000);
  // 150 of the people have accounts at Authing, without our id.
  for (let from = 0; from < 150; from += 50) {
    const list = Array.from({ length: 50 }, (_, index) => ({
      email: `p${from + index}@example.com`,
      emailVerified: true,
    }));
    expect((await byHand.createUsersBatch({ list })).ok).toBe(true);
  }
  const users = () => stage.stack.sandbox?.users() ?? [];
  const requests = () => stage.stack.sandbox?.requests.length ?? 0;

  // S17: the plan tells what would happen, and writes nothing.
  const plan = await roster(stage, { plan: true });
  expect(plan).toMatchObject({
    state: "planned",
    read: { people: 3_000, inScope: 3_000, unusable: 0 },
    joiners: 3_000,
    foretold: { accepted: 2_850, "held account-exists (email)": 150 },
  });
  expect(users()).toHaveLength(150);
  const adopting = await roster(stage, { plan: true, adopt: "email" });
  expect(adopting).toMatchObject({
    adopted: { linked: 150 },
    foretold: { accepted: 2_850, "accepted linked": 150 },
  });
  await stage.operate({ operation: "apply-roster", source: "okta", run: adopting.run });
  await stage.stack.settled();
  expect(await followed(stage, adopting.run)).toMatchObject({
    state: "finished",
    outcomes: adopting.foretold,
  });
  expect(users()).toHaveLength(3_000);
  expect(users().filter(({ externalId }) => externalId?.startsWith("00u"))).toHaveLength(3_000);

  // The next one says that nothing differs, and calls Authing not at all.
  const before = requests();
  expect(await roster(stage)).toMatchObject({ state: "finished", unchanged: 3_000, outcomes: {} });
  expect(requests()).toBe(before);

  // S18: 40 deliveries were lost, 12 departures among them; one listing came back with half of its pages.
  const ids = [...okta.people.keys()];
  for (const id of ids.slice(0, 12)) okta.people.delete(id);
  for (const id of ids.slice(12, 40)) {
    const user = okta.people.get(id);
    if (user) okta.people.set(id, { ...user, profile: { ...user.profile, firstName: "四" } });
  }
  for (const id of ids.slice(100, 105)) {
    await byHand.updateUser({ userId: id, name: "别人", options: { userIdType: "external_id" } });
  }
  okta.people.set("00unew", { ...oktaUser(9_999), id: "00unew" });
  okta.pages = 7;
  const half = await roster(stage, { plan: true });
  expect(half.departures).toMatchObject({ proven: 12, unproven: 0, areHeld: false });
  expect(half.departures.stillThere).toBeGreaterThan(1_500);
  okta.pages = Infinity;

  const night = await roster(stage, { verify: true });
  expect(night).toMatchObject({
    state: "finished",
    read: { people: 2_989 },
    joiners: 1,
    movers: 28,
    departures: { absent: 12, proven: 12, areHeld: false },
    verified: { differing: 5, fields: { name: 5 } },
    outcomes: { accepted: 46 },
  });
  // Both sides are equal.
  const open = users().filter(({ status }) => status === "Activated");
  expect(open.map(({ externalId }) => externalId).toSorted()).toEqual([...okta.people.keys()].toSorted());
  for (const user of open) {
    const { profile } = okta.people.get(user.externalId ?? "") ?? {};
    expect(user.name).toBe(`张${profile?.["firstName"]}`);
  }
  expect(await roster(stage, { verify: true })).toMatchObject({
    unchanged: 2_989,
    verified: { differing: 0 },
    outcomes: {},
  });
}, 240_000);

it("a file that is uploaded is the roster of a source that has only rosters", async () => {
  const stage = await journey({ config: defineConfig({ sources: { acme: { rosterOnly: true } } }) });
  const upload = async (root: string, text: string) => {
    const answer = await fetch(`${stage.stack.url}/uploads/${root}/roster/acme/staff.csv`, {
      method: "PUT",
      body: text,
    });
    const { run } = (await answer.json()) as { run: string };
    await stage.stack.settled();
    return (await stage.operate({ operation: "follow-roster", source: "acme", run })).body as RosterReport;
  };
  const header = "工号,姓名,邮箱\n";
  expect(await upload("plan", `${header}1,张三,zhang@example.com\n`)).toMatchObject({
    state: "planned",
    joiners: 1,
  });
  expect(stage.stack.sandbox?.users()).toEqual([]);
  expect(
    await upload("incoming", `${header}1,张三,zhang@example.com\n2,李四,li@example.com\n`),
  ).toMatchObject({
    state: "finished",
    outcomes: { accepted: 2 },
  });
  expect(await upload("incoming", `${header}2,李四,li@example.com\n`)).toMatchObject({
    departures: { proven: 1 },
  });
  expect(stage.stack.sandbox?.users()).toMatchObject([{ status: "Resigned" }, { status: "Activated" }]);
  const page = await fetch(`${stage.stack.url}/uploads/results/roster/acme/`);
  expect(JSON.stringify(await page.json())).toContain("report.html");
  // It has no route.
  expect((await fetch(`${stage.stack.url}/webhooks/acme`, { method: "POST", body: "{}" })).status).toBe(401);
});
