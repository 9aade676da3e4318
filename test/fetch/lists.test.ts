import { describe, expect, it } from "vitest";
import type { Listing } from "#lib/contract/source.ts";
import { linkParameter } from "#lib/source-apis/link-header.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import okta from "#lib/sources/okta/index.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

// What the recorded lists do not test: the requests for pages, and the meaning of an incomplete page.

const context = { region: "CN", departments: {}, customData: {} };

async function pages<Secret>(listing: Listing<Secret> | undefined, secret: Secret, ...answers: Answer[]) {
  if (!listing) throw new Error("there is a list");
  const { url, requests } = await server(...answers);
  const clock = virtualClock();
  const api = sourceApis(clock)(listing, { ...secret, apiHost: url }, clock.now() + 5000);
  return { read: (cursor?: string) => listing.page(api, cursor), requests };
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
