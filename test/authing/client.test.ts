import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { AuthingSettings } from "#lib/authing/client.ts";
import { accessKey, respondWith, startServer, withAuthing } from "./test-server.ts";
import type { Body, Respond } from "./test-server.ts";
import { callByPath, dataOf, readVector, requestVectors } from "./vectors.ts";

const zhang = { externalId: "10010", username: "zhangsan", email: "zhang.san@example.com", name: "张三" };
const ok: Body = { statusCode: 200, message: "", data: [] };
const signedIn = (response: Parameters<Respond>[0]) => respondWith(response, ok);

describe.each(requestVectors)("the recorded request $name", ({ vector }) => {
  it("is made anew byte for byte", async () => {
    const { request } = vector;
    const { accessKeyId, accessKeySecret } = vector;
    const tenantId = request.headers["x-authing-app-id"];
    const settings: Partial<AuthingSettings> = {
      credentials: () => Promise.resolve({ accessKeyId, accessKeySecret }),
      lang: request.headers["x-authing-lang"] as "zh-CN",
      ...(tenantId && { tenantId }),
      sdkVersion: request.headers["x-authing-sdk-version"] ?? "",
      userAgent: request.headers["user-agent"] ?? "",
      now: () => Date.parse(vector.date),
      nonce: () => request.headers["x-authing-signature-nonce"] ?? "",
    };
    await withAuthing(signedIn, settings, async (client, server) => {
      await callByPath(client, request.target.split("?")[0] ?? "", dataOf(vector));
      const [made] = server.requests;
      expect(made).toMatchObject({
        method: request.method,
        target: request.target,
        headers: request.headers,
      });
      expect(made?.body).toBe(request.body ?? "");
    });
  });
});

describe("a call", () => {
  it("returns what Authing answers: unknown fields are kept, fields of a wrong type are undefined", async () => {
    const data = [
      { userId: "1", email: null, phone: 1, departmentIds: "1", newField: "new", registerSource: ["import"] },
    ];
    await withAuthing(
      (response) => respondWith(response, { statusCode: 200, requestId: "r-1", apiCode: 20001, data }),
      {},
      async (client) => {
        const answer = await client.createUsersBatch({ list: [zhang] });
        expect(answer).toMatchObject({ ok: true, requestId: "r-1" });
        expect(answer.ok && answer.data[0]).toEqual({
          userId: "1",
          email: undefined,
          phone: undefined,
          departmentIds: undefined,
          newField: "new",
          registerSource: ["import"],
        });
      },
    );
  });

  it("is signed anew each time, with a date and a nonce of its own, by the current access key", async () => {
    const keys = [accessKey, { accessKeyId: "next", accessKeySecret: "next-secret" }];
    const credentials = () => Promise.resolve(keys.shift() ?? accessKey);
    await withAuthing(signedIn, { credentials }, async (client, { requests }) => {
      await client.getUserBatch({ userIds: ["1"] });
      await client.getUserBatch({ userIds: ["1"] });
      const nonces = requests.map(({ headers }) => headers["x-authing-signature-nonce"]);
      expect(new Set(nonces).size).toBe(2);
      expect(requests[1]?.headers.authorization).toMatch(/^authing next:/);
    });
  });

  it("keeps its connection, but opens a new one after 60 seconds without a call", async () => {
    let now = Date.now();
    await withAuthing(signedIn, { now: () => now }, async (client, server) => {
      await client.getUserBatch({ userIds: ["1"] });
      await client.getUserBatch({ userIds: ["1"] });
      expect(server.connections()).toBe(1);
      now += 60_000;
      await client.getUserBatch({ userIds: ["1"] });
      expect(server.connections()).toBe(2);
      expect(server.requests).toHaveLength(3);
    });
  });

  it("sends nothing that our own rules refuse, and says where", async () => {
    await withAuthing(signedIn, {}, async (client, server) => {
      const again = {
        ...zhang,
        email: zhang.email.toUpperCase(),
        username: "another",
        externalId: "another",
      };
      const answer = await client.createUsersBatch({ list: [zhang, again, { externalId: "only" }] });
      expect(answer).toEqual({
        ok: false,
        failure: {
          kind: "invalid-record",
          scope: "batch",
          applied: "no",
          retry: "never",
          problems: [
            { path: "list[1].email", code: "duplicate-email" },
            { path: "list[2]", code: "identifier-missing" },
          ],
        },
      });
      expect(JSON.stringify(answer)).not.toContain("example.com");
      expect(await client.getUser({ userId: "" })).toMatchObject({ ok: false });
      expect(await client.resignUserBatch({ userIds: [] })).toMatchObject({ ok: false });
      expect(server.requests).toHaveLength(0);
    });
  });

  it("writes the dialect of 2022, and refuses what that dialect cannot say", async () => {
    await withAuthing(signedIn, { dialect: "2022" }, async (client, { requests }) => {
      const answer = await client.createUsersBatch({ list: [{ ...zhang, gender: "F", company: "示例" }] });
      expect(answer).toMatchObject({ ok: true });
      expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ list: [{ ...zhang, gender: "W" }] });

      await client.updateUser({ userId: "1", gender: "F" });
      expect(JSON.parse(requests[1]?.body ?? "")).toEqual({ userId: "1", gender: "W" });

      const refused = await client.createUsersBatch({
        list: [{ ...zhang, otp: { secret: "HZ2F6J3AGNAVSOTV" } }],
      });
      expect(refused).toMatchObject({
        failure: { problems: [{ path: "list[0].otp", code: "not-in-dialect" }] },
      });
      expect(requests).toHaveLength(2);
    });
  });

  it("signs the path without the prefix of a private deployment", async () => {
    const server = await startServer(signedIn);
    const now = () => Date.parse("2024-06-03T08:09:07.000Z");
    const settings = { credentials: () => Promise.resolve(accessKey), now, nonce: () => "n" };
    const plain = createAuthingClient({ ...settings, host: server.url });
    const prefixed = createAuthingClient({ ...settings, host: `${server.url}/authing/` });
    await plain.getUserBatch({ userIds: ["1"] });
    await prefixed.getUserBatch({ userIds: ["1"] });
    expect(server.requests.map(({ target }) => target)).toEqual([
      "/api/v3/get-user-batch?userIds%5B%5D=1",
      "/authing/api/v3/get-user-batch?userIds%5B%5D=1",
    ]);
    expect(server.requests[1]?.headers.authorization).toBe(server.requests[0]?.headers.authorization);
    plain.close();
    prefixed.close();
    await server.close();
  });
});

describe("a host", () => {
  const create = (host: string) =>
    createAuthingClient({ host, credentials: () => Promise.resolve(accessKey) });

  it.each(["http://api.authing.cn", "http://127.0.0.1.example.com", "ftp://localhost", "api.authing.cn", ""])(
    "is refused: %s",
    (host) => expect(() => create(host)).toThrow("authing-host-invalid"),
  );

  it.each(["https://a:b@api.authing.cn", "https://api.authing.cn?x=1"])("is refused: %s", (host) =>
    expect(() => create(host)).toThrow("authing-host-invalid"),
  );

  it.each([
    "http://localhost:3001",
    "http://127.0.0.1:3001",
    "http://[::1]:3001",
    "https://authing.example.com/",
  ])("is taken: %s", (host) => expect(() => create(host).close()).not.toThrow());

  it("whose certificate no authority has signed gets no request", async () => {
    const { certificate, privateKey } = readVector<Record<string, string>>("tls.self-signed.json");
    let requests = 0;
    const server = createTlsServer({ cert: certificate, key: privateKey }, (_, response) => {
      requests += 1;
      response.end(JSON.stringify(ok));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const client = create(`https://localhost:${(server.address() as AddressInfo).port}`);
    expect(await client.getUserBatch({ userIds: ["1"] })).toMatchObject({
      ok: false,
      failure: { kind: "endpoint-wrong", scope: "run", applied: "no" },
    });
    expect(requests).toBe(0);
    client.close();
    server.close();
  });
});

describe("an access key that was rotated", () => {
  const next = { accessKeyId: "next", accessKeySecret: "next-secret" };
  const onlyNext: Respond = (response, { headers }) =>
    headers.authorization?.startsWith("authing next:")
      ? respondWith(response, ok)
      : respondWith(response, { statusCode: 401, apiCode: 1300, message: "签名错误", requestId: "r" });

  it("is read anew once, and the call is repeated", async () => {
    let reads = 0;
    const refreshCredentials = () => Promise.resolve(((reads += 1), next));
    await withAuthing(onlyNext, { refreshCredentials }, async (client, { requests }) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({ ok: true });
      expect(reads).toBe(1);
      expect(requests).toHaveLength(2);
      expect(requests[1]?.body).toBe(requests[0]?.body);
    });
  });

  it("stops the run when the new one is refused, too", async () => {
    let reads = 0;
    const refreshCredentials = () => Promise.resolve(((reads += 1), accessKey));
    await withAuthing(onlyNext, { refreshCredentials }, async (client, { requests }) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toEqual({
        ok: false,
        failure: {
          kind: "credentials-refused",
          scope: "run",
          applied: "no",
          retry: "never",
          httpStatus: 200,
          statusCode: 401,
          apiCode: 1300,
          requestId: "r",
        },
      });
      expect(reads).toBe(1);
      expect(requests).toHaveLength(2);
    });
  });
});

describe("a clock that is wrong", () => {
  const authingNow = Date.parse("2024-06-03T08:09:07.000Z");
  const strict: Respond = (response, { headers }) => {
    const isOff = Math.abs(Date.parse(headers.date ?? "") - authingNow) > 1000;
    const date = { date: new Date(authingNow).toUTCString() };
    const body = isOff ? { statusCode: 400, apiCode: 1305 } : ok;
    respondWith(response, body, { headers: date });
  };

  it("is corrected by Authing's clock once, and stays corrected", async () => {
    await withAuthing(strict, { now: () => authingNow + 3_600_000 }, async (client, { requests }) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({ ok: true });
      expect(requests).toHaveLength(2);
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({ ok: true });
      expect(requests).toHaveLength(3);
    });
  });

  it("stops the run when the correction does not help", async () => {
    const never: Respond = (response) => respondWith(response, { statusCode: 400, apiCode: 1305 });
    await withAuthing(never, {}, async (client, { requests }) => {
      expect(
        await client.importOtp({ list: [{ userId: "1", otp: { secret: "HZ2F6J3AGNAVSOTV" } }] }),
      ).toMatchObject({
        failure: { kind: "clock-skew", scope: "run", applied: "no", retry: "never" },
      });
      expect(requests).toHaveLength(2);
    });
  });
});
