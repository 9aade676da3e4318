import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { AuthingClient } from "#lib/authing/client.ts";
import type { Failure, FailureKind } from "#lib/authing/failures.ts";
import { accessKey, respondWith, startServer, withAuthing } from "./test-server.ts";
import type { Respond } from "./test-server.ts";

const zhang = { externalId: "10010", email: "zhang.san@example.com", name: "张三" };
const zoe = { externalId: "10011", email: "zoe@example.com", name: "Zoë Müller" };
const otp = { secret: "HZ2F6J3AGNAVSOTV" };

const calls = {
  "one person": (client: AuthingClient) => client.createUsersBatch({ list: [zhang] }),
  "two people": (client: AuthingClient) => client.createUsersBatch({ list: [zhang, zoe] }),
  "a look-up": (client: AuthingClient) => client.getUser({ userId: "10010", userIdType: "external_id" }),
  "an update": (client: AuthingClient) => client.updateUser({ userId: "1", name: "张三" }),
  "one secret": (client: AuthingClient) => client.importOtp({ list: [{ userId: "1", otp }] }),
  "two leavers": (client: AuthingClient) => client.resignUserBatch({ userIds: ["1", "2"] }),
};

/** Shorthand: `kind · scope · applied · retry`. */
function told({ kind, scope, applied, retry }: Failure): string {
  return [kind, scope, applied, retry].join(" · ");
}

async function failureOf(respond: Respond, call: keyof typeof calls, timeoutSeconds = 10): Promise<Failure> {
  let failure: Failure | undefined;
  await withAuthing(respond, { timeoutSeconds }, async (client) => {
    const answer = await calls[call](client);
    if (!answer.ok) failure = answer.failure;
  });
  if (!failure) throw new Error("the call succeeded");
  return failure;
}

const html = "<!doctype html><title>502</title>";

type Case = readonly [
  call: keyof typeof calls,
  answer: { status?: number; body: object | string },
  told: string,
];

const answers: readonly Case[] = [
  ["two people", { body: { statusCode: 429 } }, "throttled · batch · no · after-delay"],
  ["two people", { status: 429, body: { statusCode: 429 } }, "throttled · batch · no · after-delay"],
  ["two people", { status: 429, body: html }, "throttled · batch · no · after-delay"],
  ["two people", { status: 429, body: { statusCode: 500 } }, "throttled · batch · no · after-delay"],
  ["two people", { body: { statusCode: 400, apiCode: 1305 } }, "clock-skew · run · no · never"],
  ["two people", { status: 502, body: html }, "unknown-outcome · batch · unknown · after-lookup"],
  ["two people", { status: 503, body: html }, "unknown-outcome · batch · unknown · after-lookup"],
  ["two people", { status: 504, body: html }, "unknown-outcome · batch · unknown · after-lookup"],
  ["two people", { body: { statusCode: 502 } }, "unknown-outcome · batch · unknown · after-lookup"],
  ["one person", { body: { statusCode: 503 } }, "unknown-outcome · batch · unknown · after-lookup"],
  ["a look-up", { status: 503, body: html }, "transient-network · batch · no · after-delay"],
  [
    "two people",
    { status: 200, body: { statusCode: 400, apiCode: 1306 } },
    "unknown-outcome · batch · unknown · after-lookup",
  ],
  ["two people", { status: 500, body: html }, "server-error · batch · unknown · after-lookup"],
  [
    "one person",
    { body: { statusCode: 500, message: "未知错误" } },
    "server-error · record · unknown · after-lookup",
  ],
  ["a look-up", { body: { statusCode: 500 } }, "server-error · record · no · after-delay"],
  ["one person", { body: { statusCode: 499 } }, "server-error · record · unknown · after-lookup"],
  [
    "one person",
    { body: { statusCode: 400, apiCode: 1000 } },
    "server-error · record · unknown · after-lookup",
  ],
  ["one person", { body: { statusCode: 777 } }, "server-error · record · unknown · after-lookup"],
  ["one person", { body: html }, "server-error · record · unknown · after-lookup"],
  ["one person", { body: "" }, "server-error · record · unknown · after-lookup"],
  ["one person", { body: "null" }, "server-error · record · unknown · after-lookup"],
  ["one person", { body: '{"statusCode":200,"data":[' }, "server-error · record · unknown · after-lookup"],
  ["one person", { body: { statusCode: 200, data: "done" } }, "server-error · record · yes · after-lookup"],
  ["one person", { body: { statusCode: 200, data: [{}] } }, "server-error · record · yes · after-lookup"],
  [
    "two leavers",
    { body: { statusCode: 200, data: { success: false } } },
    "server-error · batch · unknown · after-lookup",
  ],
  ["one person", { body: { statusCode: 601 } }, "third-party · record · unknown · after-lookup"],
  ["two people", { body: { statusCode: 602 } }, "third-party · batch · unknown · after-lookup"],
  ["one person", { body: { statusCode: 603 } }, "custom-code · record · unknown · after-lookup"],
  [
    "one person",
    { body: { statusCode: 400, message: "参数 email 格式错误" } },
    "invalid-record · record · no · never",
  ],
  [
    "two people",
    { body: { statusCode: 400, message: "参数 email 格式错误" } },
    "invalid-record · batch · unknown · never",
  ],
  ["one person", { body: { statusCode: 422, apiCode: 4004 } }, "invalid-record · record · no · never"],
  ["one person", { body: { statusCode: 499, apiCode: "2029" } }, "invalid-record · record · no · never"],
  [
    "one person",
    { body: { statusCode: 404, message: "存在不合法的 departmentId" } },
    "invalid-record · record · no · never",
  ],
  ["one person", { body: { statusCode: 404, apiCode: 2004 } }, "invalid-record · record · no · never"],
  ["one person", { body: { statusCode: 409 } }, "duplicate · record · no · never"],
  ["two people", { body: { statusCode: 409 } }, "duplicate · batch · unknown · never"],
  ["an update", { body: { statusCode: 409 } }, "duplicate · record · no · never"],
  ["one secret", { body: { statusCode: 404 } }, "user-not-found · record · no · never"],
  ["a look-up", { body: { statusCode: 404, message: "用户不存在" } }, "user-not-found · record · no · never"],
  ["a look-up", { status: 404, body: { statusCode: 404 } }, "user-not-found · record · no · never"],
  ["a look-up", { body: { statusCode: 400, apiCode: 2004 } }, "user-not-found · record · no · never"],
  ["a look-up", { body: { statusCode: 200, data: null } }, "user-not-found · record · no · never"],
  ["two leavers", { body: { statusCode: 404 } }, "user-not-found · batch · unknown · never"],
  ["two people", { status: 413, body: html }, "payload-too-large · batch · no · never"],
  ["one person", { body: { statusCode: 413 } }, "payload-too-large · record · no · never"],
  ["two people", { status: 401, body: html }, "credentials-refused · run · no · never"],
  ["two people", { body: { statusCode: 401 } }, "credentials-refused · run · no · never"],
  ["two people", { body: { statusCode: 403 } }, "credentials-refused · run · no · never"],
  ...[1001, 1300, 1301, 1302, 1303, 1304, 2020, 2036, 2224].map((apiCode): Case => [
    "two people",
    { body: { statusCode: 400, apiCode } },
    "credentials-refused · run · no · never",
  ]),
  ["two people", { body: { statusCode: 402 } }, "quota-exceeded · run · no · never"],
  ["two people", { body: { statusCode: 499, apiCode: 4021 } }, "quota-exceeded · run · no · never"],
  ["two people", { body: { statusCode: 499, apiCode: 2040 } }, "quota-exceeded · run · no · never"],
  ["two people", { status: 404, body: html }, "endpoint-wrong · run · no · never"],
  ["two people", { status: 405, body: html }, "endpoint-wrong · run · no · never"],
  ["two people", { body: { statusCode: 501 } }, "endpoint-wrong · run · no · never"],
  [
    "one person",
    { body: { statusCode: 400, message: "customData must be less than 1024 characters" } },
    "bad-custom-field · record · no · never",
  ],
];

const kinds: Readonly<Record<FailureKind, true>> = {
  throttled: true,
  "transient-network": true,
  "unknown-outcome": true,
  "server-error": true,
  "third-party": true,
  "custom-code": true,
  "clock-skew": true,
  "invalid-record": true,
  duplicate: true,
  "user-not-found": true,
  "payload-too-large": true,
  "credentials-refused": true,
  "quota-exceeded": true,
  "endpoint-wrong": true,
  "bad-custom-field": true,
};

it("covers every kind of failure here", () => {
  const covered = new Set(answers.map(([, , expected]) => expected.split(" · ")[0]));
  expect([...covered].toSorted()).toEqual(Object.keys(kinds).toSorted());
});

describe("an answer", () => {
  it.each(answers)("to %s: %j is %s", async (call, { status = 200, body }, expected) => {
    const text = typeof body === "string" ? body : JSON.stringify({ requestId: "r", ...body });
    const failure = await failureOf((response) => respondWith(response, text, { status }), call);
    expect(told(failure)).toBe(expected);
    expect(failure.httpStatus).toBe(status);
    expect(failure.requestId).toBe(text.includes('"requestId"') ? "r" : undefined);
    expect(JSON.stringify(failure)).not.toMatch(/格式|departmentId|customData must|example/);
  });

  it.each([
    [{ statusCode: 400, message: "邮箱已存在" }, "email"],
    [{ statusCode: 422, message: "该手机号已被占用" }, "phone"],
    [{ statusCode: 499, message: "用户名已存在" }, "username"],
    [{ statusCode: 500, message: "externalId zhang.san@example.com already exists" }, "externalId"],
    [{ statusCode: 400, message: "Email has already been registered, already bound" }, "email"],
    [{ statusCode: 409, message: "phone conflict" }, "phone"],
    [{ statusCode: 499, apiCode: 2026 }, undefined],
    [{ statusCode: 499, apiCode: 2034 }, "username"],
    [{ statusCode: 499, apiCode: 2035 }, "phone"],
    [{ statusCode: 499, apiCode: 2200 }, "email"],
    [{ statusCode: 499, apiCode: 1108 }, "username"],
  ])("%j is a duplicate of that field", async (body, field) => {
    const failure = await failureOf((response) => respondWith(response, body), "one person");
    expect(told(failure)).toBe("duplicate · record · no · never");
    expect(failure.field).toBe(field);
    expect(JSON.stringify(failure)).not.toContain("example.com");
  });

  it.each([
    { statusCode: 400, message: "department does not exist" },
    { statusCode: 400, message: "部门不存在" },
  ])("%j is no duplicate", async (body) => {
    expect((await failureOf((response) => respondWith(response, body), "one person")).kind).toBe(
      "invalid-record",
    );
  });

  it.each([
    ["2", 2],
    ["999999", 3600],
    ["Mon, 03 Jun 2024 08:09:12 GMT", 5],
    ["Mon, 03 Jun 2024 08:09:00 GMT", 0],
    ["soon", undefined],
  ])("says with Retry-After %s how long to wait", async (header, seconds) => {
    const respond: Respond = (response) =>
      respondWith(response, { statusCode: 429 }, { status: 429, headers: { "retry-after": header } });
    await withAuthing(respond, { now: () => Date.parse("2024-06-03T08:09:07.000Z") }, async (client) => {
      const answer = await client.createUsersBatch({ list: [zhang] });
      expect(answer.ok ? undefined : answer.failure.retryAfterSeconds).toBe(seconds);
    });
  });

  it.each([301, 302, 303, 307, 308])("with HTTP %d is not followed", async (status) => {
    const elsewhere = await startServer((response) => respondWith(response, { statusCode: 200, data: [] }));
    const headers = { location: `${elsewhere.url}/api/v3/create-users-batch` };
    const failure = await failureOf(
      (response) => respondWith(response, { statusCode: 200, data: [] }, { status, headers }),
      "one person",
    );
    expect(told(failure)).toBe("endpoint-wrong · run · no · never");
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.close();
  });

  it("that has no end is read up to a limit, and the call fails", async () => {
    const failure = await failureOf((response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(256 * 1024, " ");
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once("drain", pour);
      };
      pour();
    }, "two people");
    expect(told(failure)).toBe("server-error · batch · unknown · after-lookup");
  });
});

describe("no answer", () => {
  it.each(["one person", "one secret", "an update"] as const)(
    "within the time makes the outcome of %s unknown",
    async (call) => {
      const failure = await failureOf(() => {}, call, 0.2);
      expect(told(failure)).toBe("unknown-outcome · batch · unknown · after-lookup");
    },
  );

  it("within the time, except for half of one, makes the outcome unknown, too", async () => {
    const failure = await failureOf(
      (response) => {
        response.writeHead(200, { "content-length": 100 });
        response.write('{"statusCode":200');
      },
      "two people",
      0.2,
    );
    expect(told(failure)).toBe("unknown-outcome · batch · unknown · after-lookup");
  });

  it.each(["reset", "end"] as const)(
    "because of a %s after the request was read makes the outcome unknown",
    async (how) => {
      const failure = await failureOf((_response, _recorded, request) => {
        if (how === "reset") request.socket.resetAndDestroy();
        else request.socket.end();
      }, "two people");
      expect(told(failure)).toBe("unknown-outcome · batch · unknown · after-lookup");
    },
  );

  it("because of a reset in the middle of one makes the outcome unknown", async () => {
    const failure = await failureOf((response, _recorded, request) => {
      response.writeHead(200, { "content-length": 100 });
      response.write('{"statusCode":200', () => request.socket.resetAndDestroy());
    }, "two people");
    expect(told(failure)).toBe("unknown-outcome · batch · unknown · after-lookup");
  });

  it("on a kept connection that the server resets makes the outcome unknown", async () => {
    let answered = 0;
    const once: Respond = (response, _recorded, request) => {
      answered += 1;
      if (answered > 1) request.socket.resetAndDestroy();
      else respondWith(response, { statusCode: 200, data: [] });
    };
    await withAuthing(once, {}, async (client, server) => {
      expect(await client.createUsersBatch({ list: [zhang] })).toMatchObject({ ok: true });
      const answer = await client.createUsersBatch({ list: [zoe] });
      expect(answer).toMatchObject({ failure: { kind: "unknown-outcome", applied: "unknown" } });
      expect(server.connections()).toBe(1);
    });
  });

  it("to a look-up means that nothing was changed", async () => {
    const failure = await failureOf((_response, _recorded, request) => request.socket.destroy(), "a look-up");
    expect(told(failure)).toBe("transient-network · batch · no · after-delay");
  });

  const toNobody = async (host: string, timeoutSeconds = 10): Promise<string> => {
    const client = createAuthingClient({
      host,
      timeoutSeconds,
      credentials: () => Promise.resolve(accessKey),
    });
    const answer = await calls["two people"](client);
    client.close();
    return answer.ok ? "ok" : told(answer.failure);
  };

  it("because no server listens means that nothing was sent", async () => {
    const server = await startServer(() => {});
    await server.close();
    expect(await toNobody(server.url)).toBe("transient-network · batch · no · after-delay");
  });

  it("because the host name does not exist means that nothing was sent", async () => {
    expect(await toNobody("https://authing.invalid")).toBe("transient-network · batch · no · after-delay");
  });

  it("because TLS is not answered within the time means that nothing was sent", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await toNobody(`https://127.0.0.1:${port}`, 0.2)).toBe(
      "transient-network · batch · no · after-delay",
    );
    silent.close();
  });

  it("because the other side does not speak TLS means a wrong address", async () => {
    const server = await startServer(() => {});
    expect(await toNobody(server.url.replace("http:", "https:"))).toBe("endpoint-wrong · run · no · never");
    await server.close();
  });
});
