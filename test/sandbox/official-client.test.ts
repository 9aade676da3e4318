import { ManagementClient } from "authing-node-sdk";
import { TOTP } from "otpauth";
import { expect, test } from "vitest";
import type { Sandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey, openSandbox } from "./calls.ts";

// Authing's own client, unmodified, checks that the sandbox behaves as Authing does.

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const zhang = {
  externalId: "10010",
  username: "zhang.san",
  email: "Zhang.San@example.com",
  phone: "13800138000",
  phoneCountryCode: "+86",
  name: "张三",
  customData: { badge: "红-7" },
  departmentIds: ["65f1c0de00000000000000d1"],
};
const zoe = { externalId: "10011", username: "zoë.müller", name: "Zoë Müller", otp: { secret } };

const open = async (options?: Parameters<typeof openSandbox>[0]) => {
  const sandbox = await openSandbox(options);
  return { sandbox, client: clientOf(sandbox) };
};
/** The SDK types these fields as enums that it does not export. */
const sdkEnum = (value: string) => value as never;
const clientOf = (sandbox: Sandbox) => new ManagementClient({ ...accessKey, host: sandbox.url });

test("creates people in a batch and lists them, page by page", async () => {
  const { client } = await open();
  const created = await client.createUsersBatch({
    list: [zhang, zoe],
    options: { resetPasswordOnFirstLogin: true },
  });
  expect(created).toMatchObject({ statusCode: 200, message: "操作成功", requestId: expect.any(String) });
  expect(created.data[0]).toMatchObject({
    userId: expect.stringMatching(/^[0-9a-f]{24}$/),
    externalId: "10010",
    email: "zhang.san@example.com",
    name: "张三",
    status: "Activated",
    workStatus: "Active",
    gender: "U",
    emailVerified: false,
    userSourceType: "adminCreated",
    resetPasswordOnNextLogin: true,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  expect(JSON.stringify(created)).not.toContain(secret);

  const pages = [1, 2, 3].map((page) => client.listUsers({ options: { pagination: { page, limit: 1 } } }));
  const listed = await Promise.all(pages);
  expect(listed.map(({ data }) => data.list.map(({ name }) => name))).toEqual([["张三"], ["Zoë Müller"], []]);
  expect(listed[0]?.data.totalCount).toBe(2);
  const found = await client.listUsers({ keywords: "müller" });
  expect(found.data.list.map(({ externalId }) => externalId)).toEqual(["10011"]);
});

test("creates one person", async () => {
  const { client, sandbox } = await open();
  const { data } = await client.createUser({ ...zhang, gender: sdkEnum("F") });
  expect(data).toMatchObject({ externalId: "10010", gender: "F" });
  expect(sandbox.users()).toHaveLength(1);
});

test("moves a person to other departments, and to none that the pool does not have", async () => {
  const { client } = await open({ departments: [...zhang.departmentIds, "65f1c0de00000000000000d2"] });
  await client.createUsersBatch({ list: [zhang] });
  const options = { userIdType: sdkEnum("external_id") };
  const moved = (departmentId: string) =>
    client.setUserDepartments({ userId: "10010", departments: [{ departmentId }], options });
  expect(await moved("65f1c0de00000000000000d2")).toMatchObject({ statusCode: 200, data: { success: true } });
  expect(await moved("65f1c0de00000000000000d9")).toMatchObject({ statusCode: 404 });
  const { data } = await client.getUser({ userId: "10010", ...options, withDepartmentIds: true });
  expect(data.departmentIds).toEqual(["65f1c0de00000000000000d2"]);
});

test("finds a person by every kind of id", async () => {
  const { client } = await open();
  const identity = {
    extIdpId: "62f20932716fbcc10d966ee5",
    provider: sdkEnum("lark"),
    type: "userid",
    userIdInIdp: "ou_8bae746e",
    userInfoInIdp: {},
    originConnIds: ["62f20932716fbcc10d966ee6"],
  };
  await client.createUsersBatch({ list: [{ ...zhang, identities: [identity] }, zoe] });
  const { userId } = (await client.getUser({ userId: "10010", userIdType: "external_id" })).data;
  const ids = [
    ["user_id", userId],
    ["external_id", "10010"],
    ["email", "ZHANG.SAN@example.com"],
    ["phone", "13800138000"],
    ["username", "zhang.san"],
    ["identity", "62f20932716fbcc10d966ee5:ou_8bae746e"],
    ["sync_relation", "lark:ou_8bae746e"],
  ] as const;
  for (const [userIdType, id] of ids) {
    expect((await client.getUser({ userId: id, userIdType })).data).toMatchObject({ userId });
  }
  expect(await client.getUser({ userId: "unknown" })).toMatchObject({ statusCode: 404, apiCode: 2004 });

  const plain = (await client.getUser({ userId })).data;
  expect(plain).not.toHaveProperty("customData");
  expect(plain).not.toHaveProperty("departmentIds");
  const { data } = await client.getUser({
    userId,
    withCustomData: true,
    withDepartmentIds: true,
    withIdentities: true,
  });
  expect(data).toMatchObject({ customData: zhang.customData, departmentIds: zhang.departmentIds });
  expect(data.identities).toMatchObject([{ userIdInIdp: "ou_8bae746e", identityId: expect.any(String) }]);
});

test("finds several at once and says who exists", async () => {
  const { client } = await open();
  await client.createUsersBatch({ list: [zhang, zoe] });
  const userIds = ["10011", "10012", "10010"];
  const { data } = await client.getUserBatch({ userIds, userIdType: "external_id" });
  expect(data.map(({ externalId }) => externalId)).toEqual(["10011", "10010"]);
  expect((await client.getUserBatch({ userIds: ["10010"], userIdType: "external_id" })).data).toHaveLength(1);
  expect((await client.isUserExists({ email: "zhang.san@example.com" })).data.exists).toBe(true);
  expect((await client.isUserExists({ externalId: "10012" })).data.exists).toBe(false);
  expect(await client.isUserExists({})).toMatchObject({ statusCode: 400 });
});

test("can refuse a look-up that names an unknown user", async () => {
  const { client } = await open({ unknownInLookUp: "refused" });
  await client.createUsersBatch({ list: [zhang] });
  const answer = await client.getUserBatch({ userIds: ["10010", "10012"], userIdType: "external_id" });
  expect(answer).toMatchObject({ statusCode: 404, apiCode: 2004 });
});

test("changes only the fields that are sent", async () => {
  const { client, sandbox } = await open();
  await client.createUsersBatch({ list: [zhang, zoe] });
  const byExternalId = { userIdType: sdkEnum("external_id") };
  const before = sandbox.users()[0];
  const { data } = await client.updateUser({
    userId: "10010",
    nickname: "小张",
    customData: { floor: "3" },
    status: sdkEnum("Suspended"),
    options: byExternalId,
  });
  expect(data).toMatchObject({
    ...before,
    nickname: "小张",
    customData: { badge: "红-7", floor: "3" },
    status: "Suspended",
    updatedAt: expect.any(String),
    statusChangedAt: expect.any(String),
  });
  const taken = await client.updateUser({
    userId: "10011",
    email: "ZHANG.SAN@example.com",
    options: byExternalId,
  });
  expect(taken).toMatchObject({ statusCode: 409 });
  const moved = await client.updateUser({ userId: "10010", email: "san@example.com", options: byExternalId });
  expect(moved.statusCode).toBe(200);
  const freed = await client.updateUser({
    userId: "10011",
    email: "zhang.san@example.com",
    options: byExternalId,
  });
  expect(freed.statusCode).toBe(200);
});

test("resigns people, who keep their profile and lose their departments", async () => {
  const { client, sandbox } = await open();
  await client.createUsersBatch({ list: [zhang, zoe] });
  const userIdType = sdkEnum("external_id");
  expect(await client.resignUserBatch({ userIds: ["10010"], userIdType })).toMatchObject({
    data: { success: true },
  });
  expect(sandbox.users()).toMatchObject([
    { name: "张三", status: "Resigned", workStatus: "Closed", departmentIds: [] },
    { status: "Activated" },
  ]);
  const one = { userId: "10011", userIdType: sdkEnum("external_id") };
  expect((await client.resignUser(one)).data.success).toBe(true);
  expect(sandbox.users()[1]?.status).toBe("Resigned");
});

test("deletes people and frees their identifiers", async () => {
  const { client, sandbox } = await open();
  await client.createUsersBatch({ list: [zhang] });
  const userIdType = sdkEnum("external_id");
  const deleted = await client.deleteUsersBatch({ userIds: ["10010"], options: { userIdType } });
  expect(deleted).toMatchObject({ statusCode: 200, data: { success: true } });
  expect(sandbox.users()).toEqual([]);
  expect((await client.createUsersBatch({ list: [zhang] })).statusCode).toBe(200);
});

test("imports an authenticator that makes the same codes as at the source", async () => {
  const { client, sandbox } = await open();
  const [created] = (await client.createUsersBatch({ list: [zhang] })).data;
  const userId = created?.userId ?? "";
  const totpStatus = async () => (await client.getUserMfaInfo({ userId })).data.totpStatus;
  expect(await totpStatus()).toBe("disabled");

  const recoveryCode = "b471-8ec0-874a-087f-bccb-cd54";
  expect(await client.importOtp({ list: [{ userId, otp: { secret, recoveryCode } }] })).toEqual({
    statusCode: 200,
    message: "操作成功",
    requestId: expect.any(String),
  });
  expect(await totpStatus()).toBe("enabled");
  expect(sandbox.otpOf(userId)).toEqual({ secret, recoveryCode });

  // Authing's authenticators are SHA-1, 6 digits, 30 s.
  const stored = (await client.getOtpSecretByUser({ userId })).data.secret;
  const codeOf = (base32: string, timestamp: number) =>
    new TOTP({ secret: base32, algorithm: "SHA1", digits: 6, period: 30 }).generate({ timestamp });
  for (const at of [59_000, 1_111_111_109_000, 2_000_000_000_000]) {
    expect(codeOf(stored, at)).toBe(codeOf(secret, at));
  }
});

test("accepts an authenticator together with its owner", async () => {
  const { client, sandbox } = await open();
  const [created] = (await client.createUsersBatch({ list: [zoe] })).data;
  const userId = created?.userId ?? "";
  expect((await client.getUserMfaInfo({ userId })).data.totpStatus).toBe("enabled");
  expect(sandbox.otpOf(userId)).toEqual({ secret });
});

test("answers in the language that is asked for", async () => {
  const { sandbox } = await open();
  const client = new ManagementClient({ ...accessKey, host: sandbox.url, lang: "en-US" });
  expect(await client.getUser({ userId: "unknown" })).toMatchObject({ message: "User does not exist" });
});
