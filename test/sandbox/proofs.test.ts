import { expect, test } from "vitest";
import { accessKey, call, openSandbox, send, signed } from "./calls.ts";

const person = { list: [{ externalId: "10010", username: "zhang.san", name: "张三" }] };
const successor = { ...accessKey, accessKeySecret: "an-invented-secret-of-the-pool-02" };

test("refuses a signed request that is sent a second time, and applies it once", async () => {
  const sandbox = await openSandbox();
  const request = signed(sandbox, "create-users-batch", person);
  expect((await send(request)).body.statusCode).toBe(200);
  const again = await send(request);
  expect(again).toMatchObject({ httpStatus: 200, body: { statusCode: 400, apiCode: 1306 } });
  expect(sandbox.users()).toHaveLength(1);
  const [first, second] = sandbox.requests;
  expect(second).toMatchObject({ nonce: first?.nonce, date: first?.date, apiCode: 1306 });
});

test("refuses a foreign secret, an unknown key and a changed body", async () => {
  const sandbox = await openSandbox();
  for (const credentials of [successor, { ...accessKey, accessKeyId: "65f1c0de0000000000000009" }]) {
    const { body } = await call(sandbox, "create-users-batch", person, { credentials });
    expect(body).toMatchObject({ statusCode: 401, apiCode: 1300 });
  }
  const genuine = signed(sandbox, "create-users-batch", person);
  const forged = new Request(genuine, {
    method: "POST",
    body: JSON.stringify(person).replace("10010", "10011"),
  });
  expect((await send(forged)).body).toMatchObject({ statusCode: 401, apiCode: 1300 });
  // A refused request does not use up the nonce of the genuine one.
  expect((await send(signed(sandbox, "create-users-batch", person))).body.statusCode).toBe(200);
});

test("checks the signature over the parsed body, whatever its white space", async () => {
  const sandbox = await openSandbox();
  const request = signed(sandbox, "create-users-batch", person);
  expect(
    (await send(new Request(request, { method: "POST", body: JSON.stringify(person, null, 2) }))).body
      .statusCode,
  ).toBe(200);
});

test("refuses a request without any proof", async () => {
  const sandbox = await openSandbox();
  const response = await fetch(`${sandbox.url}/api/v3/get-user?userId=x`);
  expect(await response.json()).toMatchObject({ statusCode: 401, apiCode: 2020 });
});

test("refuses a date that is too far in the past or the future", async () => {
  const at = Date.parse("2024-06-03T08:09:07Z");
  const sandbox = await openSandbox({ now: () => at, clockToleranceSeconds: 60 });
  const codeAt = async (seconds: number) => {
    const date = new Date(at + seconds * 1000).toUTCString();
    return (await call(sandbox, "get-user", { userId: "x" }, { date })).body.apiCode;
  };
  expect(await codeAt(-61)).toBe(1305);
  expect(await codeAt(-60)).toBe(2004);
  expect(await codeAt(60)).toBe(2004);
  expect(await codeAt(61)).toBe(1305);
  const { body, headers } = await call(sandbox, "get-user", { userId: "x" }, { date: "yesterday" });
  // A client may correct its clock by the date of the answer.
  expect(headers.get("date")).toBe("Mon, 03 Jun 2024 08:09:07 GMT");
  expect(body).toMatchObject({ statusCode: 400, apiCode: 1303 });
});

test("accepts several keys at once and drops one while it runs", async () => {
  const sandbox = await openSandbox({ accessKeys: [accessKey, successor] });
  const codeOf = async (credentials: typeof accessKey) =>
    (await call(sandbox, "get-user", { userId: "x" }, { credentials })).body.apiCode;
  expect(await codeOf(accessKey)).toBe(2004);
  expect(await codeOf(successor)).toBe(2004);
  sandbox.setAccessKeys([successor]);
  expect(await codeOf(accessKey)).toBe(1300);
  expect(await codeOf(successor)).toBe(2004);
});

test("gives out management tokens that are valid for two hours, and no longer than their key", async () => {
  let at = Date.parse("2024-06-03T08:09:07Z");
  const sandbox = await openSandbox({ now: () => at });
  const tokenOf = async (credentials: object) => {
    const response = await fetch(`${sandbox.url}/api/v3/get-management-token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(credentials),
    });
    return (await response.json()) as {
      statusCode: number;
      data?: { access_token: string; expires_in: number };
    };
  };
  expect(await tokenOf(successor)).toMatchObject({ statusCode: 401 });
  const { data } = await tokenOf(accessKey);
  const token = data?.access_token ?? "";
  expect(data?.expires_in).toBe(7200);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ scoped_userpool_id: sandbox.userPoolId, exp: at / 1000 + 7200 });

  const statusWith = async (headers: Record<string, string>) => {
    const response = await fetch(`${sandbox.url}/api/v3/get-user-batch?userIds=a&userIds=b`, { headers });
    return ((await response.json()) as { statusCode: number }).statusCode;
  };
  const pool = { "x-authing-userpool-id": sandbox.userPoolId };
  expect(await statusWith({ ...pool, authorization: `Bearer ${token}` })).toBe(200);
  expect(await statusWith({ ...pool, authorization: token })).toBe(200);
  expect(await statusWith({ authorization: `Bearer ${token}` })).toBe(401);
  expect(await statusWith({ ...pool, authorization: `Bearer ${token.slice(0, -2)}xx` })).toBe(401);
  expect(await statusWith({ ...pool, authorization: "Bearer " })).toBe(401);
  at += 7_199_000;
  expect(await statusWith({ ...pool, authorization: token })).toBe(200);
  at += 1000;
  expect(await statusWith({ ...pool, authorization: token })).toBe(401);

  const fresh = (await tokenOf(accessKey)).data?.access_token ?? "";
  sandbox.setAccessKeys([successor]);
  expect(await statusWith({ ...pool, authorization: fresh })).toBe(401);
  // The keys' secrets are not kept with the requests.
  expect(JSON.stringify(sandbox.requests)).not.toContain(accessKey.accessKeySecret);
});
