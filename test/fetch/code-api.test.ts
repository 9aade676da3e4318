import { describe, expect, it } from "vitest";
import { errcodeDialect, readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { json, server, virtualClock, type Answer } from "../http/server.ts";

// The meaning of each code for a person. The first answer is to the request for a token.

interface Secret {
  readonly apiHost: string;
}

const hosts = { hosts: ({ apiHost }: Secret) => ({ api: apiHost }) };
const people: CodePerson<Secret> = {
  ...errcodeDialect,
  token: { request: () => ({ path: "/gettoken" }), field: "access_token", secondsField: "expires_in" },
  meanings: {
    42001: "token-refused",
    60111: "person-unknown",
    40001: "source-credentials-refused",
    60011: "source-permission-missing",
    60020: "source-address-not-allowed",
    45009: "source-throttles",
  },
  request: (id) => ({ path: "/get", query: { id } }),
  personPath: "result",
  idPath: "userid",
};

const token = json(200, { errcode: 0, access_token: "t1", expires_in: 7200 });
const code = (errcode: number, more: object = {}) => json(200, { errcode, ...more });
const found = code(0, { result: { userid: "u1", name: "张三" } });

async function read(answers: readonly Answer[], more: Partial<CodePerson<Secret>> = {}, id = "u1") {
  const { url, requests } = await server(...answers);
  const clock = virtualClock();
  const api = sourceApis(clock)(hosts, { apiHost: url }, clock.now() + 5000);
  const person = readPerson({ ...people, ...more }, id, api);
  return { person, asked: () => requests.map((request) => request.url) };
}

describe("a person of an API with codes", () => {
  it("is the content of the answer to a request with a token", async () => {
    const { person, asked } = await read([token, found]);
    expect(await person).toEqual({ userid: "u1", name: "张三" });
    expect(asked()).toEqual(["/gettoken", "/get?id=u1&access_token=t1"]);
  });

  it("is requested again with a new token where the first is refused, once", async () => {
    const again = json(200, { errcode: 0, access_token: "t2", expires_in: 7200 });
    const { person, asked } = await read([token, code(42001), again, found]);
    expect(await person).toMatchObject({ userid: "u1" });
    expect(asked().at(-1)).toBe("/get?id=u1&access_token=t2");

    const refused = await read([token, code(42001), again, code(42001)]);
    await expect(refused.person).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-credentials-refused",
    });
    expect(refused.asked()).toHaveLength(4);
  });

  it("is unknown where the code says so", async () => {
    expect(await (await read([token, code(60111)])).person).toBeUndefined();
    // DingTalk's code 88 has the actual reason in another field.
    expect(await (await read([token, code(88, { sub_code: "60111" })])).person).toBeUndefined();
  });

  it.each([
    [40001, "misconfigured", "source-credentials-refused"],
    [60011, "misconfigured", "source-permission-missing"],
    [60020, "misconfigured", "source-address-not-allowed"],
    [45009, "unavailable", "source-throttles"],
    [12345, "unavailable", "source-answer-unexpected"],
  ])("is not known by code %i: %s %s", async (errcode, kind, reason) => {
    await expect((await read([token, code(errcode)])).person).rejects.toMatchObject({ code: kind, reason });
    await expect((await read([code(errcode)])).person).rejects.toMatchObject({ code: kind, reason });
  });

  it.each([42001, 60111])(
    "whose token is refused with %i was requested with wrong credentials",
    async (errcode) => {
      await expect((await read([code(errcode)])).person).rejects.toMatchObject({
        reason: "source-credentials-refused",
      });
    },
  );

  it.each([
    [200, "source-answer-unexpected"],
    [403, "source-answer-unexpected"],
    [302, "source-host-wrong"],
    [404, "source-host-wrong"],
  ])("is not known by HTTP %i without a code: %s", async (status, reason) => {
    for (const body of [{}, [], undefined, { errcode: null }]) {
      await expect((await read([token, json(status, body)])).person).rejects.toMatchObject({ reason });
      await expect((await read([json(status, body)])).person).rejects.toMatchObject({ reason });
    }
  });

  it("may be hidden from the app by every other code, where the vendor documents that", async () => {
    const otherwise = { otherwise: "person-unknown" } as const;
    expect(await (await read([token, code(12345)], otherwise)).person).toBeUndefined();
    await expect((await read([code(12345)], otherwise)).person).rejects.toMatchObject({
      reason: "source-credentials-refused",
    });
  });

  it("of another id is refused; ids that differ in letter case alone, where the vendor distinguishes case", async () => {
    const other = code(0, { result: { userid: "U1" } });
    await expect((await read([token, other])).person).rejects.toMatchObject({ reason: "person-is-another" });
    expect(await (await read([token, other], { ignoresCase: true })).person).toEqual({ userid: "U1" });
    const empty = code(0, { result: [] });
    await expect((await read([token, empty])).person).rejects.toMatchObject({
      reason: "source-answer-unexpected",
    });
  });

  it.each([{}, { access_token: "" }, { access_token: 7 }])(
    "is not requested with a token like %j",
    async (given) => {
      await expect((await read([code(0, given)])).person).rejects.toMatchObject({
        code: "unavailable",
        reason: "source-answer-unexpected",
      });
    },
  );
});
