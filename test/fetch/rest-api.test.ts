import { describe, expect, it } from "vitest";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { json, page, server, virtualClock, type Answer } from "../http/server.ts";

// The meaning of each answer of a REST API for a person.

interface Secret {
  readonly apiHost: string;
}

const hosts = { hosts: ({ apiHost }: Secret) => ({ api: apiHost }) };
const people: RestPerson<Secret> = {
  send: (request, api) => api.request({ ...request, headers: { authorization: "Bearer x" } }),
  request: (id) => ({ path: `/people/${encodeURIComponent(id)}` }),
  idPath: "meta.id",
  isUnknown: ({ status, json }) => status === 404 && (json as { code?: string } | undefined)?.code === "gone",
  hints: { "source-credentials-refused": "make a new key" },
};

async function read(...answers: readonly Answer[]) {
  const { url, requests } = await server(...answers);
  const clock = virtualClock();
  const api = sourceApis(clock)(hosts, { apiHost: url }, clock.now() + 5000);
  return { person: readPerson(people, "u 1", api), requests };
}

describe("a person of a REST API", () => {
  it("is the object in the answer to a request with the credentials", async () => {
    const { person, requests } = await read(json(200, { meta: { id: "u 1" }, name: "张三" }));
    expect(await person).toEqual({ meta: { id: "u 1" }, name: "张三" });
    expect(requests).toMatchObject([{ url: "/people/u%201", headers: { authorization: "Bearer x" } }]);
  });

  it("is unknown only where the vendor's own answer says so", async () => {
    expect(await (await read(json(404, { code: "gone" }))).person).toBeUndefined();
  });

  it.each([
    [401, "misconfigured", "source-credentials-refused"],
    [403, "misconfigured", "source-credentials-refused"],
    [301, "misconfigured", "source-host-wrong"],
    [302, "misconfigured", "source-host-wrong"],
    [404, "misconfigured", "source-host-wrong"],
    [200, "unavailable", "source-answer-unexpected"],
    [204, "unavailable", "source-answer-unexpected"],
    [400, "unavailable", "source-answer-unexpected"],
    [409, "unavailable", "source-answer-unexpected"],
    [410, "unavailable", "source-answer-unexpected"],
    [429, "unavailable", "source-throttles"],
    [500, "unavailable", "source-unreachable"],
    [503, "unavailable", "source-unreachable"],
    [600, "unavailable", "source-throttles"],
  ])("is not known by %i in JSON or as a page: %s %s", async (status, code, reason) => {
    for (const answer of [json(status, { code: "other" }), json(status, []), page(status)]) {
      await expect((await read(answer)).person).rejects.toMatchObject({ code, reason });
    }
  });

  it("of another id is refused, and a record without an id is requested again", async () => {
    await expect((await read(json(200, { meta: { id: "u2" } }))).person).rejects.toMatchObject({
      code: "malformed",
      reason: "person-is-another",
      path: "meta.id",
    });
    await expect((await read(json(200, { name: "张三" }))).person).rejects.toMatchObject({
      reason: "source-answer-unexpected",
    });
  });

  it("that cannot be read is reported with the source's hint, or a general one", async () => {
    await expect((await read(json(401))).person).rejects.toMatchObject({ hint: "make a new key" });
    await expect((await read(page(404))).person).rejects.toMatchObject({
      hint: expect.stringContaining("host"),
    });
  });
});
