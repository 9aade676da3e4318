import { describe, expect, it } from "vitest";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import auth0 from "#lib/sources/auth0/index.ts";
import { json, server, virtualClock } from "../http/server.ts";

// Tenants larger than a search of Auth0, which finds 1,000 users and no more.

const { list } = auth0;
if (!list) throw new Error("there is a list");
type Secret = Parameters<typeof list.page>[0]["secret"];

const secret: Secret = {
  bearerToken: "invented",
  domain: "acme.eu.auth0.com",
  clientId: "invented",
  clientSecret: "invented",
};
const now = Date.parse("2026-11-27T08:00:00.000Z");

/** Moments of creation, each of so many users. */
type Tenant = readonly (readonly [moment: string, users: number])[];

interface Habits {
  /** Whether a total says how many there are beyond 1,000. */
  readonly total?: (found: number) => number;
  /** Whether `q` is understood. */
  readonly isDeaf?: boolean;
}

/** A tenant that searches as Auth0 does, and the searches that it was asked for. */
function tenant(created: Tenant, { total = (found) => found, isDeaf = false }: Habits = {}) {
  const users = created
    .flatMap(([moment, count]) => Array.from({ length: count }, () => new Date(moment).toISOString()))
    .toSorted()
    .map((moment, index) => ({ user_id: `auth0|${index}`, created_at: moment }));
  const searches: string[] = [];
  const api: SourceApi<Secret> = {
    secret,
    now: () => now,
    async request({ path, query = {} }: ApiRequest) {
      if (path !== "/api/v2/users") return { status: 404, headers: {}, json: {} };
      const { q = "", page = "0", per_page: perPage = "50" } = query;
      searches.push(`${q} ${page}`);
      const [, from = "", to = ""] = /^created_at:\[(\S+) TO (\S+)\]$/.exec(q) ?? [];
      const found = isDeaf ? users : users.filter((user) => from <= user.created_at && user.created_at <= to);
      const [start, limit] = [Number(page) * Number(perPage), Number(perPage)];
      const shown = found.slice(0, 1000).slice(start, start + limit);
      const answer = { start, limit, length: shown.length, users: shown, total: total(found.length) };
      return { status: 200, headers: {}, json: answer };
    },
    token: async () => "invented",
    forgetToken() {},
  };
  return { api, users, searches };
}

async function subjectsIn(api: SourceApi<Secret>) {
  const subjects: string[] = [];
  const summary = await readList(list!, api, (people) => {
    subjects.push(...people.map(({ subject }) => subject));
  });
  return { subjects, ...summary };
}

const large: Tenant = [
  ["2014-03-01T00:00:00.000Z", 1],
  ["2019-05-05T10:00:00.000Z", 700],
  ["2019-05-05T10:00:00.001Z", 700],
  ...Array.from(
    { length: 1500 },
    (_, hour) => [new Date(Date.parse("2024-01-01") + hour * 3_600_000).toISOString(), 1] as const,
  ),
  ["2026-11-27T07:59:59.999Z", 300],
];

describe("the list of a large Auth0 tenant", () => {
  it.each([
    ["as Auth0 counts", (found: number) => found],
    ["where a total never exceeds 1,000", (found: number) => Math.min(found, 1000)],
  ])("holds everybody once, %s", async (_, total) => {
    const { api, users, searches } = tenant(large, { total });
    const { subjects, count, isComplete } = await subjectsIn(api);
    expect({ count, isComplete }).toEqual({ count: 3201, isComplete: true });
    expect(subjects).toEqual(users.map(({ user_id: id }) => id));
    // 33 pages; the two bursts of 700 within two milliseconds cost 40 halvings, and as many windows that widen again.
    expect(searches.length).toBeLessThan(33 + 150);
    expect(new Set(searches).size).toBe(searches.length);
  });

  it("is read with one search where the tenant has fewer than 1,000", async () => {
    const { api, searches } = tenant([["2026-01-01", 999]]);
    expect(await subjectsIn(api)).toMatchObject({ count: 999, isComplete: true });
    expect(searches).toHaveLength(10);
    expect(searches[0]).toBe("created_at:[1970-01-01T00:00:00.000Z TO 2026-11-28T08:00:00.000Z] 0");
  });

  it("is not complete where more than 1,000 were created in the same millisecond", async () => {
    const { api } = tenant([
      ["2026-01-01T00:00:00.000Z", 1200],
      ["2026-02-01T00:00:00.000Z", 5],
    ]);
    expect(await subjectsIn(api)).toMatchObject({ count: 1005, isComplete: false });
  });

  it.each<[string, Habits]>([
    ["fewer than it shows", { total: (found: number) => Math.max(0, found - 1) }],
    ["others than it was asked for", { isDeaf: true }],
  ])("is refused where a search finds %s", async (_, habits) => {
    const { api } = tenant([["2026-01-01", 150], ...(habits.isDeaf ? large : [])], habits);
    await expect(subjectsIn(api)).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-answer-unexpected",
    });
  });

  it("asks Auth0 for a window of the version of the search that has them", async () => {
    const { url, requests } = await server(
      json(200, { access_token: "invented", expires_in: 60 }),
      json(200, { start: 0, limit: 100, users: [], total: 0 }),
    );
    const clock = virtualClock();
    const api = sourceApis(clock)(list, { ...secret, apiHost: url }, clock.now() + 5000);
    await list.page(api, "1000.2000.5000.0.7");
    const { pathname, searchParams } = new URL(requests[1]?.url ?? "", url);
    expect({ pathname, ...Object.fromEntries(searchParams) }).toEqual({
      pathname: "/api/v2/users",
      q: "created_at:[1970-01-01T00:00:01.000Z TO 1970-01-01T00:00:02.000Z]",
      search_engine: "v3",
      page: "0",
      per_page: "100",
      include_totals: "true",
      sort: "created_at:1",
    });
  });

  it.each(["1", "", "{}", "1.2.3.4.x"])(
    "goes on from no cursor that it did not write: %s",
    async (cursor) => {
      const { api } = tenant([]);
      await expect(list.page(api, cursor)).rejects.toMatchObject({ reason: "list-cursor-unreadable" });
    },
  );
});
