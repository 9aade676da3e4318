import { isDeepStrictEqual } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { RosterReport } from "#lib/rosters/report.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { fixtureSecret, readFixtures } from "#infra/fixtures/cases.ts";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { asQueued, contextOf, openApi } from "#infra/local/case-meaning.ts";
import config from "../every-source.config.ts";
import { movableDate } from "./clock.ts";
import { openGrownCompany, type GrownCompany } from "./grown-company.ts";
import { journey, type Journey } from "./stack.ts";

// A company in each source that lists its people, from the day before to the night after a bad month, over the whole bundle. The
// source's API answers as its list.json records it: a new source needs no test of its own.

/** More than 240, so that twelve may leave without a question; fewer than 1,000, since Auth0 finds no more at once. */
const people = Number(process.env["PEOPLE"] ?? 300);
/** Of each way of paging one source has a large company: by offset with a count, by cursor with a total, by department. */
const large: Readonly<Record<string, number>> = { keycloak: 3_000, bamboohr: 3_000, feishu: 3_000 };
const [departures, movers, changedByHand] = [12, 28, 5];
const day = 24 * 3_600_000;

const listing = [...enabledSources(config).values()].filter(({ list }) => list !== undefined);

async function open(name: string, count: number) {
  const recorded = readListFixture(name);
  const [first] = readFixtures(name);
  if (!recorded || !first) throw new Error(`${name} has no list.json`);
  const date = movableDate(new Date(first.now).toISOString());
  const company = await openGrownCompany(recorded, count);
  const stage = await journey({ config });
  const secret = { ...fixtureSecret(name), apiHost: company.url };
  stage.secrets[`sources/${name}`] = { current: secret };
  const keys = stage.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
  const byHand = createAuthingClient({ host: stage.stack.authingHost, credentials: async () => keys });
  onTestFinished(() => byHand.close());

  async function roster(options: object = {}): Promise<RosterReport> {
    const begun = await stage.operate({ operation: "start-roster", source: name, ...options });
    expect(begun.status, JSON.stringify(begun.body)).toBe(200);
    await stage.stack.settled();
    const followed = await stage.operate({ operation: "follow-roster", source: name, run: begun.body.run });
    expect(followed.body.problem).toBeUndefined();
    return followed.body;
  }
  return { company, stage, byHand, roster, date };
}

/** Who is in the list, as `translate` reads them: our id → what identifies the person. */
async function listed(name: string, company: GrownCompany) {
  const source = enabledSources(config).get(name);
  if (!source?.list) throw new Error(`${name} has no list`);
  const api = openApi({ source, secret: fixtureSecret(name) as never }, source.list, company.url, Date.now());
  const found: Record<string, object> = {};
  const { isComplete } = await readList(source.list, api, (page) => {
    for (const { subject, type, payload } of page) {
      const event = asQueued({ id: "listed", subject, type, occurredAt: new Date().toISOString(), payload });
      for (const change of source.translate(event, contextOf({ settings: {} })))
        if ("person" in change) found[change.person.externalId ?? ""] = identity(change.person);
    }
  });
  expect(isComplete).toBe(true);
  return found;
}

const identity = ({ email, phone, username, name }: Partial<CreateUserInfoDto>) =>
  Object.fromEntries(
    Object.entries({ email, phone, username, name }).filter(([, value]) => (value ?? "") !== ""),
  );

function accounts({ stack }: Journey, isOpen: boolean) {
  const users = stack.sandbox?.users() ?? [];
  return Object.fromEntries(
    users
      .filter(({ status }) => (status === "Activated") === isOpen)
      .map((user) => [user.externalId ?? "", identity(user as Partial<CreateUserInfoDto>)]),
  );
}

/** Whose account, by our id, is not as the person is listed. */
function unequal(accounts: Record<string, object>, people: Record<string, object>): string[] {
  const ids = new Set([...Object.keys(accounts), ...Object.keys(people)]);
  return [...ids].filter((id) => !isDeepStrictEqual(accounts[id], people[id]));
}

describe.each(listing.map(({ name }) => ({ name, count: large[name] ?? people })))(
  "a company of $count people in $name",
  ({ name, count }) => {
    it("is loaded on the day before, and a bad month is mended in one night", async () => {
      const { company, stage, byHand, roster, date } = await open(name, count);
      expect(await roster()).toMatchObject({
        state: "finished",
        joiners: count,
        outcomes: { accepted: count },
      });
      expect(unequal(accounts(stage, true), await listed(name, company))).toEqual([]);
      date.pass(day);
      const requests = () => stage.stack.sandbox?.requests.length;
      const before = requests();
      expect(await roster()).toMatchObject({ state: "finished", unchanged: count, outcomes: {} });
      expect(requests()).toBe(before);

      date.pass(day);
      // 40 deliveries were lost; an administrator has changed five names at Authing.
      const all = [...company.people];
      const renamable = all.slice(departures).filter(({ pattern }) => pattern.names.length > 0);
      const gone = all.slice(0, departures);
      for (const each of gone) company.leave(each);
      for (const each of renamable.slice(0, movers)) company.rename(each);
      company.join();
      const ids = Object.keys(await listed(name, company));
      const changed = stage.stack.sandbox
        ?.users()
        .filter(({ externalId = "", name }) => ids.includes(externalId) && (name ?? "") !== "")
        .slice(-changedByHand);
      for (const { userId } of changed ?? []) await byHand.updateUser({ userId, name: "别人" });

      const night = await roster({ verify: true });
      // A source that says of no person that they have left leaves everybody open.
      const proven = company.provesDepartures ? departures : 0;
      expect(night).toMatchObject({
        state: "finished",
        joiners: 1,
        movers,
        departures: { absent: departures, proven, unproven: departures - proven, areHeld: false },
        verified: { differing: changedByHand, fields: { name: changedByHand } },
        outcomes: { accepted: 1 + movers + proven + changedByHand },
      });
      expect(unequal(accounts(stage, true), await listed(name, company))).toHaveLength(departures - proven);
      expect(Object.keys(accounts(stage, false))).toHaveLength(proven);
      date.pass(day);
      expect(await roster({ verify: true })).toMatchObject({
        unchanged: count - departures + 1,
        verified: { differing: 0 },
        outcomes: {},
      });
    }, 240_000);
  },
);
