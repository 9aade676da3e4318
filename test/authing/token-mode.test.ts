import { describe, expect, it } from "vitest";
import { accessKey, respondWith, withAuthing } from "./test-server.ts";
import type { Body, Respond } from "./test-server.ts";
import { callByPath, readVector } from "./vectors.ts";

const zhang = { externalId: "10010", username: "zhangsan", email: "zhang.san@example.com", name: "张三" };
const ok: Body = { statusCode: 200, message: "", data: [] };

describe("token mode", () => {
  interface BearerVector {
    readonly accessToken: string;
    readonly requests: readonly {
      readonly target: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly json: Record<string, unknown>;
    }[];
  }
  const vector = readVector<BearerVector>("bearer.create-users-batch.json");
  const tokenPath = "/api/v3/get-management-token";

  /** Gives out `accessToken` with a number behind it, and accepts the tokens for which `isGood` returns true. */
  function shop(isGood: (token: string) => boolean, expiresInSeconds = 7200): Respond {
    let sold = 0;
    return (response, { target, headers }) => {
      if (target === tokenPath) {
        sold += 1;
        const data = { access_token: `${vector.accessToken}${sold}`, expires_in: expiresInSeconds };
        return respondWith(response, { statusCode: 200, data });
      }
      const token = headers.authorization?.replace("Bearer ", "") ?? "";
      return respondWith(response, isGood(token) ? ok : { statusCode: 401 }, {
        status: isGood(token) ? 200 : 401,
      });
    };
  }

  it("makes the recorded requests", async () => {
    const sell: Respond = (response, { target }) =>
      target === tokenPath
        ? respondWith(response, {
            statusCode: 200,
            data: { access_token: vector.accessToken, expires_in: 7200 },
          })
        : respondWith(response, ok);
    const settings = { mode: "token", lang: "zh-CN", sdkVersion: "authing-py-sdk:5.1.0" } as const;
    await withAuthing(sell, settings, async (client, { requests }) => {
      const call = vector.requests[1];
      await callByPath(client, call?.target ?? "", call?.json ?? {});
      expect(requests).toHaveLength(vector.requests.length);
      for (const [index, recorded] of vector.requests.entries()) {
        expect(requests[index]).toMatchObject({ target: recorded.target, headers: recorded.headers });
        expect(JSON.parse(requests[index]?.body ?? "")).toEqual(recorded.json);
      }
    });
  });

  it("requests one token for all calls that wait, and keeps it until shortly before it expires", async () => {
    let now = Date.parse("2024-06-03T08:09:07.000Z");
    await withAuthing(
      shop(() => true),
      { mode: "token", now: () => now },
      async (client, { requests }) => {
        const bought = () => requests.filter(({ target }) => target === tokenPath).length;
        await Promise.all(["1", "2", "3"].map((id) => client.getUserBatch({ userIds: [id] })));
        expect(bought()).toBe(1);
        now += 6800_000;
        await client.getUserBatch({ userIds: ["1"] });
        expect(bought()).toBe(1);
        now += 150_000;
        await client.getUserBatch({ userIds: ["1"] });
        expect(bought()).toBe(2);
      },
    );
  });

  it("requests another token, once, when Authing refuses the current one", async () => {
    await withAuthing(
      shop((token) => token.endsWith("2")),
      { mode: "token" },
      async (client, { requests }) => {
        expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({ ok: true });
        expect(requests.map(({ target }) => target)).toEqual([
          tokenPath,
          "/api/v3/create-users-batch",
          tokenPath,
          "/api/v3/create-users-batch",
        ]);
      },
    );
    await withAuthing(
      shop(() => false),
      { mode: "token" },
      async (client, { requests }) => {
        expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({
          failure: { kind: "credentials-refused", scope: "run", applied: "no" },
        });
        expect(requests).toHaveLength(4);
      },
    );
  });

  it("requests another token when the access key was rotated", async () => {
    const keys = [accessKey, { ...accessKey, accessKeySecret: "next" }];
    const settings = {
      mode: "token",
      credentials: () => Promise.resolve(keys.shift() ?? accessKey),
    } as const;
    await withAuthing(
      shop(() => true),
      settings,
      async (client, { requests }) => {
        await client.getUserBatch({ userIds: ["1"] });
        await client.getUserBatch({ userIds: ["1"] });
        expect(requests.filter(({ target }) => target === tokenPath)).toHaveLength(2);
      },
    );
  });

  it("reports a call as not applied when it could get no token", async () => {
    const closed: Respond = (response) => respondWith(response, "<h1>Bad gateway</h1>", { status: 502 });
    await withAuthing(closed, { mode: "token" }, async (client) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({
        failure: { kind: "transient-network", scope: "batch", applied: "no", retry: "after-delay" },
      });
    });
    const odd: Respond = (response) => respondWith(response, { statusCode: 400 });
    await withAuthing(odd, { mode: "token" }, async (client) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({
        failure: { kind: "credentials-refused", scope: "run", applied: "no", retry: "never" },
      });
    });
  });
});
