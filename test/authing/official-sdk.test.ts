import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import { signRequest } from "#lib/authing/signature.ts";
import { accessKey, respondWith, startServer } from "./test-server.ts";
import type { Recorded, TestServer } from "./test-server.ts";
import { callByPath } from "./vectors.ts";

// CommonJS, and it sets defaults of axios for the whole process: nothing else may be tested in this file.
const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as {
  ManagementClient: new (
    options: Record<string, unknown>,
  ) => Record<string, (data: object) => Promise<unknown>>;
};

// In the order in which the SDK writes them.
const flags = { withIdentities: false, withDepartmentIds: false };

const calls: readonly (readonly [method: string, path: string, data: Record<string, unknown>])[] = [
  [
    "createUsersBatch",
    "create-users-batch",
    {
      list: [
        {
          externalId: "10010",
          username: "zhangsan",
          email: "zhang+san@example.com",
          phone: "18812340000",
          phoneCountryCode: "+86",
          name: "张三 𠮷",
          nickname: "三儿 😀 \u2028",
          gender: "F",
          emailVerified: false,
          birthdate: "1990-01-31",
          departmentIds: ["624d930c3000005c08dd4986"],
          customData: {
            quote: 'a"b\\c/d',
            line: "a\nb\u0000",
            big: 1e21,
            zero: -0,
            nothing: null,
            deep: [{ é: 1 }],
          },
          otp: { secret: "HZ2F6J3AGNAVSOTV", recoveryCode: "b471-8ec0-874a-087f-bccb-cd54" },
        },
        { externalId: "10011", username: "zoe", name: "Zoë Müller & Söhne?a=b#c" },
      ],
      options: { autoGeneratePassword: true, passwordEncryptType: "none", sendNotification: { appId: "a" } },
    },
  ],
  [
    "importOtp",
    "import-otp",
    { list: [{ userId: "635215b413000000f5f63c51", otp: { secret: "HZ2F6J3AGNAVSOTV" } }] },
  ],
  [
    "getUser",
    "get-user",
    {
      userId: "10010",
      userIdType: "external_id",
      flatCustomData: false,
      withCustomData: true,
      withPost: false,
      ...flags,
    },
  ],
  [
    "getUserBatch",
    "get-user-batch",
    {
      userIds: ["10010", "HR-0001"],
      userIdType: "external_id",
      withCustomData: true,
      flatCustomData: true,
      ...flags,
    },
  ],
  [
    "getUserBatch",
    "get-user-batch",
    {
      userIds: ["张三 a+b@example.com"],
      userIdType: "email",
      withCustomData: true,
      flatCustomData: true,
      ...flags,
    },
  ],
  [
    "updateUser",
    "update-user",
    { userId: "10010", name: "张三=&", customData: {}, options: { userIdType: "external_id" } },
  ],
  [
    "updateUserBatch",
    "update-user-batch",
    {
      list: [
        { userId: "635215b413000000f5f63c51", name: "张三=&", customData: { floor: "3" } },
        { userId: "635215b413000000f5f63c52", status: "Suspended" },
      ],
    },
  ],
  [
    "setUserDepartments",
    "set-user-departments",
    {
      userId: "10010",
      departments: [{ departmentId: "624d930c3000005c08dd4986", isMainDepartment: true }],
      options: { userIdType: "external_id" },
    },
  ],
  ["resignUserBatch", "resign-user-batch", { userIds: ["10010", "10011"], userIdType: "external_id" }],
  [
    "kickUsers",
    "kick-users",
    { appIds: ["62188e71c0000000invented1"], userId: "10010", options: { userIdType: "external_id" } },
  ],
  ["deleteUsersBatch", "delete-users-batch", { userIds: ["10010"], options: { userIdType: "external_id" } }],
  ["getCustomFields", "get-custom-fields", { targetType: "USER" }],
  ["getUserMfaInfo", "get-user-mfa-info", { userId: "10010", userIdType: "external_id" }],
];

let server: TestServer;
beforeAll(async () => {
  server = await startServer((response) => respondWith(response, { statusCode: 200, data: [] }));
});
afterAll(() => server.close());

describe.each(calls)("%s", (method, path, data) => {
  it("is the same request that the official SDK makes of the same data: path, query, body and signature", async () => {
    server.requests.length = 0;
    const sdk = new ManagementClient({
      ...accessKey,
      host: server.url,
      tenantId: "623c20b2a06200000f41b17d",
    });
    await sdk[method]?.(structuredClone(data));
    const [theirs] = server.requests;
    if (!theirs) throw new Error("the SDK sent nothing");
    const header = (name: string) => String(theirs.headers[name]);

    const client = createAuthingClient({
      host: server.url,
      credentials: () => Promise.resolve(accessKey),
      tenantId: "623c20b2a06200000f41b17d",
      lang: "zh-CN",
      sdkVersion: header("x-authing-sdk-version"),
      now: () => Date.parse(header("date")),
      nonce: () => header("x-authing-signature-nonce"),
    });
    await callByPath(client, `/api/v3/${path}`, data);
    client.close();
    const ours = server.requests[1];

    expect(ours?.method).toBe(theirs.method);
    expect(ours?.body).toBe(theirs.body);
    expect(ours?.headers.authorization).toBe(header("authorization"));
    expect(ours?.headers["content-type"]).toBe(header("content-type"));
    // The SDK's axios writes a space in a query as `+`; the server reads the same.
    expect(ours?.target).toBe(theirs.target.replaceAll("+", "%20"));
    expect(signRequest(received(theirs), accessKey)).toBe(header("authorization"));
  });
});

/** A request as a server signs it again: from what it parsed. */
function received({ method, target, headers, body }: Recorded) {
  const { pathname, searchParams } = new URL(target, server.url);
  const query = Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) =>
      name.endsWith("[]") ? [name.slice(0, -2), searchParams.getAll(name)] : [name, searchParams.get(name)],
    ),
  );
  return { method, path: pathname, headers, data: method === "GET" ? query : (JSON.parse(body) as object) };
}
