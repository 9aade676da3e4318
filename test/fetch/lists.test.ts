import { describe, expect, it } from "vitest";
import type { Listing } from "#lib/contract/source.ts";
import { cursorInLink, linkParameter } from "#lib/source-apis/link-header.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import clerk from "#lib/sources/clerk/index.ts";
import dingtalk from "#lib/sources/dingtalk/index.ts";
import feishu from "#lib/sources/feishu/index.ts";
import fusionauth from "#lib/sources/fusionauth/index.ts";
import okta from "#lib/sources/okta/index.ts";
import wecom from "#lib/sources/wecom/index.ts";
import stytch from "#lib/sources/stytch/index.ts";
import supabase from "#lib/sources/supabase/index.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

// What the recorded lists do not test: the requests for pages, and the meaning of an incomplete page.

const context = { region: "CN", departments: {}, customData: {} };

async function pages<Secret>(listing: Listing<Secret> | undefined, secret: Secret, ...answers: Answer[]) {
  if (!listing) throw new Error("there is a list");
  const { url, requests } = await server(...answers);
  const clock = virtualClock();
  const api = sourceApis(clock)(listing, { ...secret, apiHost: url }, clock.now() + 5000);
  return {
    read: (cursor?: string) => listing.page(api, cursor),
    ask: (subject: string) => listing.person(api, subject),
    requests,
  };
}

describe("the list of Okta", () => {
  const secret = { authorization: "x", domain: "okta.example.com", apiToken: "00invented-0001" };
  const users = [{ id: "00u1", status: "ACTIVE", profile: { login: "zoe@okta.example.com" } }];
  const linked = (link: string) => json(200, users, { link });

  it("is requested 200 users at a time, with the token, from the cursor on", async () => {
    const { read, requests } = await pages(okta.list, secret, json(200, users));
    await read();
    await read("00u/=1");
    expect(requests).toMatchObject([
      { url: "/api/v1/users?limit=200", headers: { authorization: "SSWS 00invented-0001" } },
      { url: "/api/v1/users?limit=200&after=00u%2F%3D1" },
    ]);
  });

  it("continues at its next link, and at no other host", async () => {
    const other = await server(json(200, []));
    const { read } = await pages(okta.list, secret, linked(`<${other.url}/x?after=00u1>; rel="next"`));
    expect(await read()).toMatchObject({ next: "00u1", isComplete: true });
    expect(other.requests).toEqual([]);
  });

  it("does not end where its next link cannot be followed", async () => {
    const { read } = await pages(okta.list, secret, linked('</api/v1/users?limit=200>; rel="next"'));
    await expect(read()).rejects.toMatchObject({ code: "unavailable", reason: "source-answer-unexpected" });
  });

  it("opens no account: a user who is listed as active may have been closed at Authing", async () => {
    const { read } = await pages(okta.list, secret, json(200, users));
    const [person] = (await read()).people;
    if (!person) throw new Error("there is a user");
    const changes = okta.translate({ id: "e1", occurredAt: "2026-01-31T18:42:05.000Z", ...person }, context);
    expect(changes).toMatchObject([{ kind: "update", who: { externalId: "00u1" }, complete: true }]);
    expect(changes[0]).not.toHaveProperty("person.status");
  });
});

describe("a list that shows whose account is open", () => {
  it.each([
    ["ACTIVE", true],
    ["LOCKED_OUT", true],
    ["SUSPENDED", undefined],
    ["DEPROVISIONED", undefined],
    ["INVENTED", undefined],
    [undefined, undefined],
  ])("of Okta: %s", async (status, isActive) => {
    const secret = { authorization: "x", domain: "okta.example.com", apiToken: "00invented-0001" };
    const user = { id: "00u1", status, profile: {} };
    const { read, ask } = await pages(okta.list, secret, json(200, [user]), json(200, user));
    expect((await read()).people[0]?.isActive).toBe(isActive);
    expect((await ask("00u1"))?.isActive).toBe(isActive);
  });

  it.each([
    [{ is_anonymous: false }, true],
    [{ is_anonymous: false, banned_until: "2000-01-31T00:00:00Z" }, true],
    [{ is_anonymous: false, banned_until: "2999-01-31T00:00:00Z" }, undefined],
    [{ is_anonymous: false, banned_until: "soon" }, undefined],
    [{ is_anonymous: false, deleted_at: "2000-01-31T00:00:00Z" }, undefined],
    [{ is_anonymous: true }, undefined],
    [{}, undefined],
  ])("of Supabase: %j", async (given, isActive) => {
    const user = { id: "11111111-1111-4111-8111-111111111111", ...given };
    const listed = json(200, { users: [user] }, { "x-total-count": "1" });
    const { read, ask } = await pages(supabase.list, { serviceRoleKey: "k" }, listed, json(200, user));
    expect((await read()).people[0]?.isActive).toBe(isActive);
    expect((await ask(user.id))?.isActive).toBe(isActive);
  });
});

describe("the list of BambooHR", () => {
  const secret = { privateKey: "x", companyDomain: "acme", apiKey: "invented-0001" };
  const listed = (data: unknown, meta: unknown = { total: 1, page: { nextCursor: null } }) =>
    json(200, { data, meta });
  const employee = { employeeId: "1", firstName: "Zoë", lastName: "Ek", status: "Active" };

  async function changesOf(given: object) {
    const { read } = await pages(bamboohr.list, secret, listed([{ ...employee, ...given }]));
    const [person] = (await read()).people;
    if (!person) throw new Error("there is an employee");
    return bamboohr.translate({ id: "e1", occurredAt: "2026-01-31T18:42:05.000Z", ...person }, context);
  }

  it("is requested 500 employees at a time, with the key, from the cursor on", async () => {
    const { read, requests } = await pages(bamboohr.list, secret, listed([employee]));
    await read();
    await read("eyJ=");
    const asked = requests.map(({ url }) => Object.fromEntries(new URL(url, "http://x").searchParams));
    expect(asked).toMatchObject([{ "page[limit]": "500", sort: "employeeId" }, { "page[after]": "eyJ=" }]);
    expect(asked[0]).not.toHaveProperty("page[after]");
    expect(requests[0]?.headers.authorization).toBe("Basic aW52ZW50ZWQtMDAwMTp4");
  });

  it.each([undefined, {}, { page: null }, { page: { nextCursor: 7 } }])(
    "does not end where the page does not say that it is the last: %j",
    async (meta) => {
      const { read } = await pages(bamboohr.list, secret, json(200, { data: [employee], meta }));
      await expect(read()).rejects.toMatchObject({ reason: "source-answer-unexpected" });
    },
  );

  it("is not complete where an entry names no employee, whatever the total says", async () => {
    const { read } = await pages(bamboohr.list, secret, listed([employee, { firstName: "Zoë" }]));
    expect(await read()).toMatchObject({ people: [{ subject: "1" }], isComplete: false, total: 1 });
  });

  it("needs a key for its requests", async () => {
    const { read, requests } = await pages(bamboohr.list, { ...secret, apiKey: "" }, listed([]));
    await expect(read()).rejects.toMatchObject({ code: "misconfigured", reason: "api-key-missing" });
    expect(requests).toEqual([]);
  });

  it("opens no account: an employee who is listed as active may have been closed at Authing", async () => {
    expect((await changesOf({}))[0]).not.toHaveProperty("person.status");
  });

  it("makes a leaver of an inactive employee, and none where the key may not see the status", async () => {
    expect(await changesOf({ status: "Inactive" })).toMatchObject([{ kind: "leave" }]);
    const hidden = await changesOf({ status: null, terminationDate: "2020-01-31" });
    expect(hidden).toMatchObject([{ kind: "update" }]);
  });
});

/** What a request of DingTalk's asks for. */
const bodyOf = ({ body }: { readonly body: string }): unknown => JSON.parse(body);

describe("the list of Feishu", () => {
  const secret = {
    appId: "a",
    appSecret: "s",
    verificationToken: "v",
  };
  const token = json(200, { code: 0, tenant_access_token: "t-1", expire: 7200 });
  const data = (given: object) => json(200, { code: 0, data: given });
  const departments = data({ has_more: false, items: [{ open_department_id: "od-1", name: "研发" }] });

  it("begins at the company itself, then asks for each department, 50 users at a time", async () => {
    const none = data({ has_more: false });
    const more = data({ has_more: true, page_token: "p2", items: [] });
    const { read, requests } = await pages(feishu.list, secret, token, departments, none, more, none);
    const first = await read();
    const second = await read(first.next);
    const last = await read(second.next);
    const asked = requests.map(({ url }) => new URL(url, "http://x"));
    const people = asked.filter(({ pathname }) => pathname.endsWith("find_by_department"));
    expect(asked[1]?.pathname).toBe("/open-apis/contact/v3/departments/0/children");
    expect(Object.fromEntries(asked[1]?.searchParams ?? [])).toEqual({
      fetch_child: "true",
      department_id_type: "open_department_id",
      page_size: "50",
    });
    expect(people.map(({ searchParams }) => Object.fromEntries(searchParams))).toMatchObject([
      { department_id: "0", user_id_type: "open_id", page_size: "50" },
      { department_id: "od-1" },
      { department_id: "od-1", page_token: "p2" },
    ]);
    expect([first, second, last].map(({ next }) => next !== undefined)).toEqual([true, true, false]);
  });

  it.each([
    [40004, "source-permission-missing"],
    [41050, "source-permission-missing"],
    [99991400, "source-throttles"],
    [1, "source-answer-unexpected"],
  ])("fails where Feishu says %i, and says of no person that they do not exist", async (code, reason) => {
    const refused = json(400, { code, msg: "refused" });
    const { read } = await pages(feishu.list, secret, token, refused);
    await expect(read()).rejects.toMatchObject({ reason });
    const { ask } = await pages(feishu.list, secret, token, refused);
    await expect(ask("ou_1")).rejects.toMatchObject({ reason });
  });
});

describe("the list of DingTalk", () => {
  const secret = { token: "t", aesKey: "k", ownerKey: "o", appKey: "a", appSecret: "s" };
  const token = json(200, { errcode: 0, access_token: "t-1", expires_in: 7200 });
  const result = (given: unknown) => json(200, { errcode: 0, result: given });

  it("looks into one department after the other, and asks for 100 members at a time", async () => {
    const { read, requests } = await pages(
      dingtalk.list,
      secret,
      token,
      result([{ dept_id: 2 }, { dept_id: 3 }]),
      result({ has_more: true, next_cursor: 100, list: [] }),
      result({ has_more: false }),
    );
    const { next } = await read();
    expect(requests.slice(1).map(bodyOf)).toEqual([
      { dept_id: 1, language: "zh_CN" },
      { dept_id: 1, cursor: 0, size: 100, language: "zh_CN" },
    ]);
    expect(JSON.parse(next ?? "")).toEqual({ departments: ["1", "2", "3"], people: "100", more: "2,3" });
    await read(next);
    expect(requests.slice(-1).map(bodyOf)).toMatchObject([{ dept_id: 1, cursor: 100 }]);
  });

  it("does not end where it says that there is more, and not where", async () => {
    const { read } = await pages(
      dingtalk.list,
      secret,
      token,
      result([]),
      result({ has_more: true, list: [] }),
    );
    await expect(read()).rejects.toMatchObject({ reason: "source-answer-unexpected" });
  });

  it("ends where a department is below itself", async () => {
    const { read } = await pages(
      dingtalk.list,
      secret,
      token,
      ...Array.from({ length: 40 }, (_, index) =>
        result(index % 2 === 0 ? [{ dept_id: 2 }] : { has_more: false }),
      ),
    );
    const list = dingtalk.list as NonNullable<typeof dingtalk.list>;
    await expect(
      readList(
        { page: async (_, cursor) => read(cursor) } as Pick<typeof list, "page">,
        {} as never,
        () => {},
      ),
    ).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("the list of WeCom", () => {
  const secret = { token: "t", encodingAesKey: "k", corpId: "c", corpSecret: "s" };
  const token = json(200, { errcode: 0, access_token: "t-1", expires_in: 7200 });

  it("holds 500 departments in a cursor at most, in the order of their ids", async () => {
    const department_id = Array.from({ length: 1001 }, (_, index) => ({ id: 1001 - index }));
    const simple = json(200, { errcode: 0, department_id });
    const people = json(200, { errcode: 0, userlist: [] });
    const { read, requests } = await pages(wecom.list, secret, token, simple, people, simple, people);
    const { next = "" } = await read();
    const place = JSON.parse(next) as { departments: string[]; more: string };
    expect([place.departments.length, place.departments[0], place.more]).toEqual([499, "2", "500"]);
    const later = await read(JSON.stringify({ departments: [], more: "500" }));
    expect(requests.at(-1)?.url).toContain("department_id=501");
    expect(JSON.parse(later.next ?? "")).toMatchObject({ more: "1000" });
  });

  it("is not read on from what is no cursor of its own", async () => {
    const { read } = await pages(wecom.list, secret, token);
    for (const cursor of ["", "[]", "{}", '{"departments":[1]}', '{"departments":["1"],"people":1}'])
      await expect(read(cursor)).rejects.toMatchObject({ reason: "list-cursor-unreadable" });
  });
});

describe("the list of Clerk", () => {
  const secret = { signingSecret: "whsec_x", secretKey: "sk_1" };
  const user = { id: "user_1", object: "user" };

  it("is requested 500 users at a time, the oldest first, with the secret key", async () => {
    const { read, requests } = await pages(clerk.list, secret, json(200, [user, { ...user, id: "user_2" }]));
    expect(await read()).toMatchObject({ next: "2 user_1", isComplete: true });
    expect(requests).toMatchObject([
      {
        url: "/v1/users?limit=500&offset=0&order_by=%2Bcreated_at",
        headers: { authorization: "Bearer sk_1" },
      },
    ]);
  });

  it("ends at a page without users, with the number of all", async () => {
    const { read } = await pages(clerk.list, secret, json(200, []), json(200, { total_count: 2 }));
    expect(await read("2 user_1")).toEqual({ people: [], total: 2, isComplete: true });
  });

  it("needs the secret key for its requests", async () => {
    const { read, requests } = await pages(clerk.list, { signingSecret: "whsec_x" }, json(200, []));
    await expect(read()).rejects.toMatchObject({ code: "misconfigured", reason: "api-credentials-missing" });
    expect(requests).toEqual([]);
  });

  it("says only with Clerk's own code that there is no such user", async () => {
    const gone = { errors: [{ code: "resource_not_found" }] };
    const { ask } = await pages(clerk.list, secret, json(404, gone), json(404, {}));
    expect(await ask("user_9")).toBeUndefined();
    await expect(ask("user_9")).rejects.toMatchObject({ reason: "source-host-wrong" });
  });
});

describe("who is active in a list", () => {
  const fusion = { domain: "x.example.com", apiKey: "k" };
  const feishuSecret = { appId: "a", appSecret: "s", verificationToken: "v" };
  const working = { is_frozen: false, is_resigned: false, is_exited: false };

  it.each([
    [true, true],
    [false, undefined],
    [undefined, undefined],
    ["yes", undefined],
  ])("is with FusionAuth who is `active` %j", async (active, isActive) => {
    const user = { id: "6a5b4c3d-0000-4000-8000-000000000001", active };
    const list = json(200, { users: [user], total: 1 });
    const { read, ask } = await pages(fusionauth.list, fusion, list, json(200, { user }));
    expect((await read()).people[0]?.isActive).toBe(isActive);
    expect((await ask(user.id))?.isActive).toBe(isActive);
  });

  it.each([
    [working, true],
    [{ ...working, is_frozen: true }, undefined],
    [{ ...working, is_resigned: true }, undefined],
    [{ is_frozen: false }, undefined],
    [undefined, undefined],
  ])("is with Feishu who is neither frozen nor gone: %j", async (status, isActive) => {
    const token = json(200, { code: 0, tenant_access_token: "t-1", expire: 7200 });
    const user = { open_id: "ou_1", status };
    const { ask } = await pages(feishu.list, feishuSecret, token, json(200, { code: 0, data: { user } }));
    expect((await ask("ou_1"))?.isActive).toBe(isActive);
  });
});

describe("a list that is read to its end", () => {
  const person = (subject: string) => ({ subject, type: "changed", payload: {} });
  const listing = (page: Listing<unknown>["page"]): Pick<Listing<unknown>, "hosts" | "page"> => ({
    hosts: () => ({ api: "" }),
    page,
  });
  const api = sourceApis(virtualClock())(
    listing(async () => ({ people: [], isComplete: true })),
    {},
    0,
  );
  const read = (page: Listing<unknown>["page"]) => readList(listing(page), api, () => {});

  it("counts a person who was on two pages once", async () => {
    const summary = await read(async (_, cursor) => ({
      people: [person("1"), person(cursor === undefined ? "2" : "3")],
      ...(cursor === undefined && { next: "a" }),
      total: 3,
      isComplete: true,
    }));
    expect(summary).toEqual({ count: 3, isComplete: true });
  });

  it("is not complete when one of its pages was not", async () => {
    const summary = await read(async (_, cursor) => ({
      people: [person("1")],
      ...(cursor === undefined && { next: "a" }),
      isComplete: cursor !== undefined,
    }));
    expect(summary).toEqual({ count: 1, isComplete: false });
  });

  it("fails when its cursors form a cycle, however long", async () => {
    let asked = 0;
    const circle = read(async (_, cursor = "0") => {
      asked += 1;
      return { people: [person(cursor)], next: String((Number(cursor) + 1) % 5), isComplete: true };
    });
    await expect(circle).rejects.toMatchObject({ code: "unavailable", reason: "source-list-endless" });
    expect(asked).toBeLessThanOrEqual(7);
  });

  it("fails when it has more pages than any source can have", async () => {
    const endless = read(async (_, cursor = "0") => ({
      people: [],
      next: String(Number(cursor) + 1),
      isComplete: true,
    }));
    await expect(endless).rejects.toMatchObject({ reason: "source-list-endless" });
  });

  it("waits until a page is handled before it requests the next one", async () => {
    const order: string[] = [];
    await readList(
      listing(async (_, cursor) => {
        order.push("asked");
        return { people: [person("1")], ...(cursor === undefined && { next: "a" }), isComplete: true };
      }),
      api,
      async () => {
        await Promise.resolve();
        order.push("taken");
      },
    );
    expect(order).toEqual(["asked", "taken", "asked", "taken"]);
  });
});

describe("a link in a header", () => {
  it.each([
    ['<https://x.example.com/u?after=2&limit=200>; rel="next"', "2"],
    [
      '<https://x.example.com/u?limit=2>; rel="self", <https://x.example.com/u?after=a%2Fb>; rel="next"',
      "a/b",
    ],
    ["</u?after=2>; rel=next", "2"],
    ['</u?after=2>; title="a, b"; rel="prev next"', "2"],
    ['</u?x=1,2&after=3>; rel="next"', "3"],
    ['</u?limit=200>; rel="next"', ""],
    ['</u?after=2>; rel="nextish"', undefined],
    ['</u?after=2>; rel="self"', undefined],
    ["next", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("is found in %j", (header, after) => {
    expect(linkParameter(header, "next", "after")).toBe(after);
  });
});

describe("a link to the next page in a body", () => {
  it.each([
    ["https://x.example.com/users?cursor=u2", "u2"],
    ["/users?a=1&cursor=YWI%2BYw%3D%3D", "YWI+Yw=="],
    ["/users?cursor=YWI+Yw==", "YWI+Yw=="],
  ])("has the cursor %#", (link, cursor) => {
    expect(cursorInLink(link, "cursor")).toBe(cursor);
  });

  it.each([undefined, null, 7, "", "/users", "/users?cursor=", "/users?other=u2"])(
    "is no end of the list without one: %s",
    (link) => {
      expect(() => cursorInLink(link, "cursor")).toThrow("source-answer-unexpected");
    },
  );
});

describe("the list of Stytch's members", () => {
  const secret = {
    signingSecret: "x",
    projectId: "project-test-1",
    secret: "secret-test-1",
    vertical: "b2b" as const,
  };
  const members = (ids: string[], next: string | null) =>
    json(200, {
      members: ids.map((id) => ({ member_id: id, status: "active" })),
      results_metadata: { next_cursor: next },
    });
  const organizations = (ids: string[], next: string | null) =>
    json(200, {
      organizations: ids.map((id) => ({ organization_id: id })),
      results_metadata: { next_cursor: next },
    });

  it("is that of all organizations, and goes on from any cursor", async () => {
    const { read, requests } = await pages(
      stytch.list,
      secret,
      organizations(["o1", "o2"], "after-o2"),
      members(["m1"], "after-m1"),
      members(["m2"], null),
      organizations(["o3"], null),
      members(["m3"], null),
    );
    const subjects: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await read(cursor);
      subjects.push(...page.people.map(({ subject }) => subject));
      expect(page.isComplete).toBe(true);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(subjects).toEqual(["m1", "m2", "m3"]);
    expect(requests.map(({ body }) => JSON.parse(body.toString()) as unknown)).toEqual([
      { limit: 20 },
      { organization_ids: ["o1", "o2"], limit: 200 },
      { organization_ids: ["o1", "o2"], limit: 200, cursor: "after-m1" },
      { limit: 20, cursor: "after-o2" },
      { organization_ids: ["o3"], limit: 200 },
    ]);
  });

  it("is not read where an organization has no id, nor without the kind of the project", async () => {
    const { read } = await pages(
      stytch.list,
      secret,
      json(200, { organizations: [{}], results_metadata: {} }),
    );
    await expect(read()).rejects.toMatchObject({ reason: "source-answer-unexpected" });
    const { vertical: _, ...incomplete } = secret;
    const { read: readIncomplete } = await pages(stytch.list, incomplete);
    await expect(readIncomplete()).rejects.toMatchObject({ reason: "api-credentials-missing" });
  });
});
