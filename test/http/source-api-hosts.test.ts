import { describe, expect, it } from "vitest";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { oneHour, open, type ApiSecret } from "./open-api.ts";
import { json, server, virtualClock } from "./server.ts";

describe("the host of a source's API", () => {
  it.each([
    "http://api.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "https://api.example.com/v1",
    "https://api.example.com?x=1",
    "https://api.example.com#x",
    "https://user@api.example.com",
    "https://user:password@api.example.com",
    "ftp://api.example.com",
    "file:///etc/passwd",
    "api.example.com",
    "//api.example.com",
    "",
  ])("is refused as %s, and the error does not quote it", async (host) => {
    const asked = open(host).request({ path: "/people" });
    await expect(asked).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-host-wrong",
      hint: expect.stringContaining("https://host"),
    });
    await expect(asked).rejects.not.toThrow(/example\.com/);
  });

  it("may be this machine without TLS", async () => {
    const { url } = await server(json(200, { name: "张三" }));
    const byName = url.replace("127.0.0.1", "localhost");
    for (const host of [url, byName, `${url}/`]) {
      expect(await open(host).request({ path: "/people" })).toMatchObject({
        status: 200,
        json: { name: "张三" },
      });
    }
  });

  it.each([
    ["//evil.example/x", "//evil.example/x"],
    ["/http://evil.example/x", "/http://evil.example/x"],
    ["/\\evil.example/x", "//evil.example/x"],
    ["/@evil.example/x", "/@evil.example/x"],
    ["/people?x=1#y", "/people%3Fx=1%23y"],
    ["/people/张", "/people/%E5%BC%A0"],
    ["/people/a%2Fb", "/people/a%2Fb"],
  ])("gets the request for the path %s, and no other host does", async (path, asked) => {
    const { url, requests } = await server(json(200));
    await open(url).request({ path });
    expect(requests).toMatchObject([{ url: asked, headers: { host: new URL(url).host } }]);
  });

  it.each([
    "http://evil.example/x",
    "people",
    "/people/..",
    "/people/../keys",
    "/people/%2e%2E/keys",
    "/people/.",
    "/a\\..\\b",
  ])("gets no request for the path %s", async (path) => {
    const { url, requests } = await server(json(200));
    await expect(open(url).request({ path })).rejects.toMatchObject({
      code: "malformed",
      reason: "source-path-wrong",
    });
    expect(requests).toEqual([]);
  });

  it("is the only host that gets a request: a redirect is returned as an answer", async () => {
    const other = await server(json(200));
    const { url } = await server(json(302, {}, { location: `${other.url}/people` }));
    expect(await open(url).request({ path: "/people" })).toMatchObject({ status: 302, json: {} });
    expect(other.requests).toEqual([]);
  });
});

describe("several hosts of a source's API", () => {
  const several = {
    hosts: ({ apiHost, tokenHost }: ApiSecret & { tokenHost: string }) => ({
      api: apiHost,
      token: tokenHost,
    }),
  };

  it("are chosen by their names, each with connections of its own", async () => {
    const [people, tokens] = [
      await server(json(200, { at: "api" })),
      await server(json(200, { at: "token" })),
    ];
    const clock = virtualClock();
    const secret = { apiHost: people.url, tokenHost: tokens.url };
    const api = sourceApis(clock)(several, secret, clock.now() + oneHour);
    expect(await api.request({ host: "token", path: "/t" })).toMatchObject({ json: { at: "token" } });
    expect(await api.request({ path: "/p" })).toMatchObject({ json: { at: "api" } });
    expect(await api.request({ host: "api", path: "/p" })).toMatchObject({ json: { at: "api" } });
    expect([people.requests.length, tokens.requests.length]).toEqual([2, 1]);
    expect(tokens.requests[0]?.headers.host).toBe(new URL(tokens.url).host);
  });

  it.each(["login", "toString", "__proto__"])("do not include one with the name %s", async (host) => {
    const { url, requests } = await server(json(200));
    await expect(open(url).request({ host, path: "/people" })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "source-host-wrong",
    });
    expect(requests).toEqual([]);
  });

  it("are checked by the rule of hosts one by one, and only when a request goes to them", async () => {
    const { url } = await server(json(200));
    const clock = virtualClock();
    const secret = { apiHost: url, tokenHost: "http://token.example.com" };
    const api = sourceApis(clock)(several, secret, clock.now() + oneHour);
    expect(await api.request({ path: "/people" })).toMatchObject({ status: 200 });
    await expect(api.request({ host: "token", path: "/t" })).rejects.toMatchObject({
      reason: "source-host-wrong",
    });
  });
});
