import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import type { Fault } from "#infra/sandbox/sandbox.ts";
import { call, openSandbox, send, signed } from "./calls.ts";

const create = "create-users-batch";
const people = { list: [{ username: "zhang.san", name: "张三" }] };

/** Starts a sandbox with one scripted fault, and returns its answer to one request. */
async function meet(fault: Fault) {
  const sandbox = await openSandbox();
  sandbox.script([{ on: create, fault }]);
  const reply = await call(sandbox, create, people);
  return { sandbox, reply, created: sandbox.users().length };
}

const outcomeOf = (request: Request) =>
  send(request).then(
    () => "answered",
    () => "ended",
  );

test("throttles in HTTP, with or without Retry-After", async () => {
  const { reply, created, sandbox } = await meet({ kind: "http-429", retryAfterSeconds: 2 });
  expect(reply).toMatchObject({ httpStatus: 429, body: { statusCode: 429 } });
  expect(reply.headers.get("retry-after")).toBe("2");
  expect(created).toBe(0);
  sandbox.script([{ on: create, fault: { kind: "http-429" } }]);
  expect((await call(sandbox, create, people)).headers.get("retry-after")).toBeNull();
  // The script is used up: this request succeeds.
  expect((await call(sandbox, create, people)).body.statusCode).toBe(200);
  expect(sandbox.requests.map(({ fault }) => fault)).toEqual(["http-429", "http-429", undefined]);
});

test("throttles in the body", async () => {
  const { reply, created } = await meet({ kind: "body-429" });
  expect(reply).toMatchObject({ httpStatus: 200, body: { statusCode: 429 } });
  expect(created).toBe(0);
});

test.each([
  ["http-500", 500, "application/json", 500],
  ["body-500", 200, "application/json", 500],
  ["http-502", 502, "text/html", undefined],
  ["http-503", 503, "text/plain", undefined],
  ["html-200", 200, "text/html", undefined],
] as const)(
  "answers %s, with nothing applied or all of it",
  async (kind, httpStatus, contentType, statusCode) => {
    for (const applied of [false, true]) {
      const { reply, created } = await meet({ kind, applied });
      expect(reply.httpStatus).toBe(httpStatus);
      expect(reply.headers.get("content-type")).toContain(contentType);
      expect(reply.body.statusCode).toBe(statusCode);
      expect(created).toBe(applied ? 1 : 0);
    }
  },
);

test("refuses the signature", async () => {
  const { reply, created } = await meet({ kind: "unauthorized" });
  expect(reply).toMatchObject({ httpStatus: 200, body: { statusCode: 401, apiCode: 1300 } });
  expect(created).toBe(0);
});

test.each([
  ["reset-before-applying", 0],
  ["reset-after-applying", 1],
] as const)("resets the connection: %s", async (kind, created) => {
  const sandbox = await openSandbox();
  sandbox.script([{ on: create, fault: { kind } }]);
  const { method, headers, url } = signed(sandbox, create, people);
  const error = await new Promise<NodeJS.ErrnoException>((resolve, reject) => {
    httpRequest(url, { method, headers: Object.fromEntries(headers) }, () => reject(new Error("answered")))
      .once("error", resolve)
      .end(JSON.stringify(people));
  });
  expect(error.code).toBe("ECONNRESET");
  expect(sandbox.users()).toHaveLength(created);
  expect(sandbox.requests).toMatchObject([{ fault: kind }]);
  expect(sandbox.requests[0]).not.toHaveProperty("statusCode");
});

test("applies and never answers, until it closes", async () => {
  const sandbox = await openSandbox();
  sandbox.script([{ on: create, fault: { kind: "hang-after-applying" } }]);
  const hanging = outcomeOf(signed(sandbox, create, people));
  await expect.poll(() => sandbox.users().length).toBe(1);
  // Other requests are answered in the meantime.
  expect((await call(sandbox, "get-user", { userId: "x" })).body.statusCode).toBe(404);
  await sandbox.close();
  expect(await hanging).toBe("ended");
});

test("is slow, then answers as usual", async () => {
  const { reply, created, sandbox } = await meet({ kind: "slow", milliseconds: 5 });
  expect(reply.body.statusCode).toBe(200);
  expect(created).toBe(1);
  expect(sandbox.requests).toMatchObject([{ fault: "slow", statusCode: 200 }]);
});

test("does not apply a request that it was still delaying when it closes", async () => {
  const sandbox = await openSandbox();
  sandbox.script([{ on: create, fault: { kind: "slow", milliseconds: 600_000 } }]);
  const waiting = outcomeOf(signed(sandbox, create, people));
  await expect.poll(() => sandbox.requests[0]?.fault).toBe("slow");
  expect((await call(sandbox, "get-user", { userId: "x" })).body.statusCode).toBe(404);
  await sandbox.close();
  expect(await waiting).toBe("ended");
  expect(sandbox.users()).toEqual([]);
});

test("answers success but ignores one record: of joiners, secrets, leavers and a look-up", async () => {
  const sandbox = await openSandbox();
  const omits = (on: string) => sandbox.script([{ on, fault: { kind: "omits-one" } }]);
  const list = ["a", "b", "c"].map((username) => ({ username, externalId: username }));

  omits(create);
  const created = await call(sandbox, create, { list });
  expect(created.body).toMatchObject({ statusCode: 200, data: [{ username: "a" }, { username: "b" }] });
  expect(sandbox.users()).toHaveLength(2);

  const userIds = sandbox.users().map(({ userId }) => userId);
  omits("import-otp");
  const secrets = userIds.map((userId) => ({ userId, otp: { secret: "JBSWY3DPEHPK3PXP" } }));
  expect((await call(sandbox, "import-otp", { list: secrets })).body.statusCode).toBe(200);
  expect(userIds.map((userId) => sandbox.otpOf(userId) !== undefined)).toEqual([true, false]);

  omits("get-user-batch");
  expect((await call(sandbox, "get-user-batch", { userIds })).body.data).toMatchObject([{ username: "a" }]);

  omits("resign-user-batch");
  expect((await call(sandbox, "resign-user-batch", { userIds })).body.statusCode).toBe(200);
  expect(sandbox.users().map(({ status }) => status)).toEqual(["Resigned", "Activated"]);

  // The only record of a list is ignored, too.
  omits(create);
  const alone = await call(sandbox, create, { list: list.slice(2) });
  expect(alone.body).toMatchObject({ statusCode: 200, data: [] });
  expect(sandbox.users()).toHaveLength(2);
});

test("plays the script in order, each operation its own part", async () => {
  const sandbox = await openSandbox();
  sandbox.script([
    { on: "get-user", fault: { kind: "body-500" } },
    { on: create, fault: { kind: "none" } },
    { on: create, fault: { kind: "body-429" } },
    { on: "any", fault: { kind: "http-503" } },
  ]);
  const statusOf = async (operation: string, data: object) =>
    (await call(sandbox, operation, data)).httpStatus;
  const codeOf = async (operation: string, data: object) =>
    (await call(sandbox, operation, data)).body.statusCode;
  expect(await codeOf(create, people)).toBe(200);
  expect(await codeOf(create, people)).toBe(429);
  expect(await codeOf("get-user", { userId: "x" })).toBe(500);
  expect(sandbox.pendingFaults).toBe(1);
  expect(await statusOf("is-user-exists", { username: "x" })).toBe(503);
  expect(sandbox.pendingFaults).toBe(0);
});

test("leaves the script alone when the proof does not hold", async () => {
  const sandbox = await openSandbox();
  sandbox.script([{ on: create, fault: { kind: "body-500" } }]);
  const { body } = await call(sandbox, create, people, { date: "Mon, 03 Jun 2024 08:09:07 GMT" });
  expect(body.apiCode).toBe(1305);
  expect(sandbox.pendingFaults).toBe(1);
});

test("can be scripted and inspected over HTTP, from this machine", async () => {
  const sandbox = await openSandbox();
  const control = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
      httpRequest(
        `${sandbox.url}/__sandbox/${path}`,
        { method: body ? "POST" : "GET", headers },
        async (response) => {
          const text = (await response.toArray()).join("");
          resolve({ status: response.statusCode, body: JSON.parse(text) });
        },
      )
        .once("error", reject)
        .end(body && JSON.stringify(body));
    });
  const script = [{ on: create, fault: { kind: "http-429", retryAfterSeconds: 1 } }];
  expect(await control("faults", script)).toEqual({ status: 200, body: { pending: 1 } });
  expect((await control("faults", [{ on: create, fault: { kind: "earthquake" } }])).status).toBe(400);
  expect((await call(sandbox, create, people)).httpStatus).toBe(429);
  expect((await call(sandbox, create, people)).httpStatus).toBe(200);

  expect((await control("people")).body).toMatchObject([{ username: "zhang.san", name: "张三" }]);
  expect((await control("requests")).body).toMatchObject([
    {
      number: 1,
      operation: create,
      count: 1,
      httpStatus: 429,
      statusCode: 429,
      fault: "http-429",
      body: people,
    },
    { number: 2, operation: create, count: 1, httpStatus: 200, statusCode: 200, nonce: expect.any(String) },
  ]);
  expect((await control("people", undefined, { host: "example.com" })).status).toBe(403);
  expect((await control("elsewhere")).status).toBe(404);
});

test("outlives requests that make no sense", async () => {
  const sandbox = await openSandbox();
  const statusOf = (path: string, body?: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(
        { port: sandbox.port, host: "127.0.0.1", path, method: body ? "POST" : "GET" },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .once("error", reject)
        .end(body);
    });
  expect(await statusOf("//")).toBe(404);
  expect(await statusOf("/api/v3/__proto__")).toBe(404);
  expect(await statusOf("/api/v3/get-user?userId=%ff&userId[]=%")).toBe(200);
  expect(await statusOf("http://elsewhere/")).toBe(404);
  expect(await statusOf("/api/v3/import-otp", "[]")).toBe(200);
  expect(await statusOf("/api/v3/import-otp", '{"list":')).toBe(200);
  expect(sandbox.requests.slice(-2)).toMatchObject([{ statusCode: 400 }, { statusCode: 400 }]);
});

test("needs an access key, whose id is the id of its pool", async () => {
  await expect(openSandbox({ accessKeys: [] })).rejects.toThrow("sandbox-without-access-key");
});

test("can be made to fail several times, to stop that, and to show people late, over HTTP", async () => {
  const sandbox = await openSandbox();
  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const script = [{ on: create, fault: { kind: "http-429" }, times: 3 }];
  expect(await control("POST", "faults", script)).toEqual({ status: 200, body: { pending: 3 } });
  expect((await call(sandbox, create, people)).httpStatus).toBe(429);
  expect((await call(sandbox, create, people)).httpStatus).toBe(429);
  expect(await control("DELETE", "faults")).toEqual({ status: 200, body: { pending: 0 } });

  expect(await control("POST", "look-up-lag", { milliseconds: 60_000 })).toMatchObject({ status: 200 });
  expect((await call(sandbox, create, people)).httpStatus).toBe(200);
  const listed = () => call(sandbox, "list-users", {});
  expect((await listed()).text).not.toContain("zhang.san");
  await control("POST", "look-up-lag", { milliseconds: 0 });
  expect((await listed()).text).toContain("zhang.san");
});

test("refuses a fault that could never happen, and names the operations that there are", async () => {
  const sandbox = await openSandbox();
  const script = [{ on: "create-user-batch", fault: { kind: "http-429" } }];
  const answer = await fetch(`${sandbox.url}/__sandbox/faults`, {
    method: "POST",
    body: JSON.stringify(script),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    reason: "unknown-operation",
    known: expect.arrayContaining(["any", create]) as unknown,
  });
  expect(sandbox.pendingFaults).toBe(0);
});
