import { describe, expect, it } from "vitest";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { definition, open, type ApiSecret } from "./open-api.ts";
import { json, server, virtualClock } from "./server.ts";

describe("a request to a source's API", () => {
  it("is sent as it is described", async () => {
    const { url, requests } = await server(json(200));
    const api = open(url);
    await api.request({ path: "/people", query: { "a b": "é&=" }, headers: { authorization: "SSWS x" } });
    await api.request({ method: "POST", path: "/token", json: { name: "张三" } });
    await api.request({ method: "POST", path: "/form", form: { "a b": "é&=", scope: "x y" } });
    expect(requests).toMatchObject([
      {
        method: "GET",
        url: "/people?a%20b=%C3%A9%26%3D",
        headers: { authorization: "SSWS x", accept: "application/json", "user-agent": "authing-inbound" },
        body: "",
      },
      {
        method: "POST",
        url: "/token",
        headers: { "content-type": "application/json" },
        body: '{"name":"张三"}',
      },
      {
        method: "POST",
        url: "/form",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "a+b=%C3%A9%26%3D&scope=x+y",
      },
    ]);
  });

  it("waits for an answer as long as it says", async () => {
    const { url, requests } = await server(() => {});
    const asked = open(url).request({ path: "/report", timeoutSeconds: 0.05 });
    await expect(asked).rejects.toMatchObject({ code: "unavailable", reason: "source-unreachable" });
    // A source that does not answer is asked once more.
    expect(requests).toHaveLength(2);
  });

  it.each([200, 201, 204, 400, 401, 403, 404, 409])("hands over an answer of %i as it is", async (status) => {
    const { url, requests } = await server(json(status, status === 204 ? undefined : { code: 7 }));
    const answer = await open(url).request({ path: "/people" });
    expect(answer).toMatchObject({ status, json: status === 204 ? undefined : { code: 7 } });
    expect(requests).toHaveLength(1);
  });

  it("hands over the answer's headers, their names in lower case", async () => {
    const links = ['<https://x.example.com/1>; rel="self"', '<https://x.example.com/2>; rel="next"'];
    const { url } = await server((_, response) => {
      response.setHeader("Link", links);
      response.setHeader("X-Total-Count", "3");
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.end("[]");
    });
    const { headers } = await open(url).request({ path: "/people" });
    expect(headers).toMatchObject({
      link: links.join(", "),
      "x-total-count": "3",
      "set-cookie": "a=1, b=2",
    });
  });

  it("hands over no JSON where there is none", async () => {
    const { url } = await server((_, response) => void response.end("<html>maintenance</html>"));
    expect(await open(url).request({ path: "/people" })).toMatchObject({ status: 200, json: undefined });
  });

  it("waits as long as Retry-After says", async () => {
    const { url, requests } = await server(json(429, {}, { "retry-after": "7" }), json(200, { id: 1 }));
    const clock = virtualClock();
    expect(await open(url, clock).request({ path: "/people" })).toMatchObject({
      status: 200,
      json: { id: 1 },
    });
    expect(clock.waits).toEqual([7000]);
    expect(requests).toHaveLength(2);
  });

  it("waits until the date that Retry-After says", async () => {
    const clock = virtualClock();
    const date = new Date(clock.now() + 9000).toUTCString();
    const { url } = await server(json(429, {}, { "retry-after": date }), json(200));
    expect(await open(url, clock).request({ path: "/people" })).toMatchObject({ status: 200 });
    expect(clock.waits).toEqual([9000]);
  });

  it("waits until the time of X-Rate-Limit-Reset plus one second, because clocks differ", async () => {
    const clock = virtualClock();
    const resetAt = String(clock.now() / 1000 + 20);
    const { url } = await server(json(429, {}, { "x-rate-limit-reset": resetAt }), json(200));
    expect(await open(url, clock).request({ path: "/people" })).toMatchObject({ status: 200 });
    expect(clock.waits).toEqual([21_000]);
  });

  it("waits as long as X-RateLimit-Reset says, a moment or seconds from now", async () => {
    for (const written of ["moment", "20"]) {
      const clock = virtualClock();
      const reset = written === "moment" ? String(clock.now() / 1000 + 20) : written;
      const { url } = await server(json(429, {}, { "x-ratelimit-reset": reset }), json(200));
      expect(await open(url, clock).request({ path: "/people" })).toMatchObject({ status: 200 });
      expect(clock.waits).toEqual([21_000]);
    }
  });

  it("waits longer after each throttled answer without a time, and at least 100 ms", async () => {
    const clock = virtualClock();
    const { url } = await server(
      json(429),
      json(429),
      json(429, {}, { "retry-after": "soon" }),
      json(429, {}, { "retry-after": "0" }),
      json(200),
    );
    expect(await open(url, clock).request({ path: "/people" })).toMatchObject({ status: 200 });
    expect(clock.waits).toEqual([250, 500, 1000, 100]);
  });

  it("fails at once when the wait is longer than the time left, so that the event is retried", async () => {
    const clock = virtualClock();
    const { url, requests } = await server(json(429, {}, { "retry-after": "3600" }));
    await expect(open(url, clock, 30_000).request({ path: "/people" })).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-throttles",
    });
    expect(clock.waits).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it("is sent a second time after a 5xx, and then fails with source-unreachable", async () => {
    const better = await server(json(503), json(200, { id: 1 }));
    expect(await open(better.url).request({ path: "/people" })).toMatchObject({
      status: 200,
      json: { id: 1 },
    });

    const down = await server(json(500));
    await expect(open(down.url).request({ path: "/people" })).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-unreachable",
    });
    expect(down.requests).toHaveLength(2);
  });

  it("is sent a second time after a broken connection", async () => {
    const { url } = await server((request) => void request.socket.destroy(), json(200, { id: 1 }));
    expect(await open(url).request({ path: "/people" })).toMatchObject({ status: 200, json: { id: 1 } });
  });

  it("does not wait longer than the time left for a source that never answers", async () => {
    const { url, requests } = await server(() => {});
    const clock = { now: Date.now, random: () => 0.5, wait: async () => {} };
    const api = sourceApis(clock)(definition, { apiHost: url }, Date.now() + 300);
    await expect(api.request({ path: "/people" })).rejects.toMatchObject({
      code: "unavailable",
      reason: "source-unreachable",
    });
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it("is not sent when no time is left", async () => {
    const { url, requests } = await server(json(200));
    await expect(open(url, virtualClock(), 0).request({ path: "/people" })).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(requests).toEqual([]);
  });

  it("stops reading an endless answer, and is not sent again", async () => {
    const { url, requests } = await server((_, response) => {
      const piece = Buffer.alloc(64 * 1024, " ");
      const write = () => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    await expect(open(url).request({ path: "/people" })).rejects.toMatchObject({
      code: "oversized",
      reason: "source-answer-too-large",
    });
    expect(requests).toHaveLength(1);
  });

  it("never quotes a secret that no header can hold", async () => {
    const { url } = await server(json(200));
    const asked = open(url).request({ path: "/people", headers: { authorization: "SSWS key\n1" } });
    await expect(asked).rejects.toMatchObject({ code: "misconfigured", reason: "source-request-wrong" });
    await expect(asked).rejects.not.toThrow(/key/);
  });
});

describe("a token of a source's API", () => {
  /** Gives out numbered tokens, and counts how often one was obtained. */
  function mint(expiresInSeconds = 7200) {
    let count = 0;
    return {
      count: () => count,
      async obtain() {
        count += 1;
        const token = `token-${count}`;
        await Promise.resolve();
        return { token, expiresInSeconds };
      },
    };
  }

  it("is obtained once for all events with one secret, those that ask at the same time included", async () => {
    const clock = virtualClock();
    const { obtain, count } = mint();
    const apis = sourceApis(clock);
    const secret = { apiHost: "http://127.0.0.1:9" };
    const first = apis(definition, secret, clock.now() + 1000);
    const second = apis(definition, secret, clock.now() + 2000);
    expect(await Promise.all([first.token(obtain), second.token(obtain), first.token(obtain)])).toEqual([
      "token-1",
      "token-1",
      "token-1",
    ]);
    expect(count()).toBe(1);
  });

  it("is obtained anew for a rotated secret", async () => {
    const clock = virtualClock();
    const { obtain } = mint();
    const apis = sourceApis(clock);
    const token = (secret: ApiSecret) => apis(definition, secret, clock.now() + 1000).token(obtain);
    expect(await token({ apiHost: "http://127.0.0.1:9" })).toBe("token-1");
    expect(await token({ apiHost: "http://127.0.0.1:9" })).toBe("token-2");
  });

  it("is renewed a minute before it ends", async () => {
    const clock = virtualClock();
    const { obtain } = mint(7200);
    const api = open("http://127.0.0.1:9", clock);
    expect(await api.token(obtain)).toBe("token-1");
    clock.pass(7139_000);
    expect(await api.token(obtain)).toBe("token-1");
    clock.pass(1000);
    expect(await api.token(obtain)).toBe("token-2");
  });

  it("is obtained anew after the source refused it", async () => {
    const { obtain } = mint();
    const api = open("http://127.0.0.1:9");
    expect(await api.token(obtain)).toBe("token-1");
    api.forgetToken();
    expect(await api.token(obtain)).toBe("token-2");
  });

  it("is not kept when it could not be obtained, and every event that waited for it fails", async () => {
    const { obtain } = mint();
    const api = open("http://127.0.0.1:9");
    const failing = async (): Promise<never> => {
      await Promise.resolve();
      throw new Error("no token today");
    };
    const both = await Promise.allSettled([api.token(failing), api.token(obtain)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await api.token(obtain)).toBe("token-1");
  });

  it("that was requested again is kept when the earlier request fails", async () => {
    const { obtain, count } = mint();
    const api = open("http://127.0.0.1:9");
    const failure = Promise.withResolvers<never>();
    const failing = api.token(() => failure.promise);
    api.forgetToken();
    expect(await api.token(obtain)).toBe("token-1");
    failure.reject(new Error("late"));
    await expect(failing).rejects.toThrow("late");
    expect(await api.token(obtain)).toBe("token-1");
    expect(count()).toBe(1);
  });
});
