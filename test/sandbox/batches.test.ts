import { constants, publicEncrypt } from "node:crypto";
import { sm2 } from "sm-crypto";
import { describe, expect, test } from "vitest";
import { createPasswordKeys } from "#infra/sandbox/password-keys.ts";
import { call, openSandbox } from "./calls.ts";

const people = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return { externalId: `E${number}`, email: `person${number}@example.com`, name: `李${number}` };
  });

describe.each(["all-or-nothing", "partial"] as const)("a batch with bad records, %s", (batchMode) => {
  const applied = (good: number) => (batchMode === "partial" ? good : 0);

  test("is refused, and its good records are applied or not", async () => {
    const sandbox = await openSandbox({ batchMode });
    await call(sandbox, "create-user", { username: "first", email: "person7@example.com" });
    const { httpStatus, body } = await call(sandbox, "create-users-batch", { list: people(50) });
    expect(httpStatus).toBe(200);
    expect(body).toEqual({ statusCode: 409, message: "email already exists", requestId: expect.any(String) });
    expect(sandbox.users()).toHaveLength(1 + applied(49));
  });

  test("is refused for what is malformed, too", async () => {
    const sandbox = await openSandbox({ batchMode });
    const list = [...people(3), { name: "无名" }, { username: "x", colour: "red" }];
    const { body } = await call(sandbox, "create-users-batch", { list });
    expect(body.statusCode).toBe(400);
    expect(sandbox.users()).toHaveLength(applied(3));
  });

  test("is refused for a duplicate inside it", async () => {
    const sandbox = await openSandbox({ batchMode });
    const list = [...people(2), { username: "third", email: "PERSON1@example.com" }];
    expect((await call(sandbox, "create-users-batch", { list })).body.statusCode).toBe(409);
    expect(sandbox.users()).toHaveLength(applied(2));
  });

  test("of secrets is refused for an unknown person", async () => {
    const sandbox = await openSandbox({ batchMode });
    const { body } = await call(sandbox, "create-users-batch", { list: people(2) });
    const ids = (body.data ?? []).map(({ userId }) => userId);
    const list = ["65f1c0de00000000000000ff", ...ids].map((userId) => ({
      userId,
      otp: { secret: "JBSWY3DPEHPK3PXP" },
    }));
    expect((await call(sandbox, "import-otp", { list })).body).toMatchObject({
      statusCode: 404,
      apiCode: 2004,
    });
    expect(ids.filter((id) => sandbox.otpOf(id))).toHaveLength(applied(2));
    expect((await call(sandbox, "import-otp", { list: list.slice(1) })).body).not.toHaveProperty("data");
    expect(ids.filter((id) => sandbox.otpOf(id))).toHaveLength(2);
  });

  test("of leavers is refused for an unknown person", async () => {
    const sandbox = await openSandbox({ batchMode });
    await call(sandbox, "create-users-batch", { list: people(2) });
    const leavers = { userIds: ["E1", "E2", "E3"], userIdType: "external_id" };
    expect((await call(sandbox, "resign-user-batch", leavers)).body).toMatchObject({ statusCode: 404 });
    expect(sandbox.users().filter(({ status }) => status === "Resigned")).toHaveLength(applied(2));
  });
});

test("takes 1 to 50 records and up to 1 MiB", async () => {
  const sandbox = await openSandbox();
  const create = (list: object[]) => call(sandbox, "create-users-batch", { list });
  expect((await create([])).body.statusCode).toBe(400);
  expect((await create(people(51))).body.statusCode).toBe(400);
  expect((await create(people(50))).body).toMatchObject({ statusCode: 200, data: { length: 50 } });
  expect(await create([{ username: "x", name: "名".repeat(400_000) }])).toMatchObject({
    httpStatus: 413,
    body: { statusCode: 413 },
  });
  const userIds = people(51).map(({ externalId }) => externalId);
  const lookUp = (ids: string[]) =>
    call(sandbox, "get-user-batch", { userIds: ids, userIdType: "external_id" });
  expect((await lookUp(userIds)).body.statusCode).toBe(400);
  expect((await lookUp(userIds.slice(0, 50))).body.data).toHaveLength(50);
});

test.each([
  [{ externalId: "E1" }, "Must contain one of the following fields: username, phone, email"],
  [{ username: "x", phoneCountryCode: "+86" }, "phone cannot be empty"],
  [{ email: "test1@qqq" }, "Parameter email is malformed"],
  [{ username: "x", gender: "" }, "Parameter gender is malformed"],
  [{ username: "x", status: "Gone" }, "Parameter status is malformed"],
  [{ username: "x", userExpired: true }, "Parameter userExpired is malformed"],
  [{ username: "x", otp: { recoveryCode: "x" } }, "Parameter secret is malformed"],
  [
    { username: "x", customData: { motto: "长".repeat(1025) } },
    "customData must be less than 1024 characters",
  ],
  [{ username: "x", customData: { shoeSize: "42" } }, "Parameter customData.shoeSize is malformed"],
])("refuses %o", async (record, message) => {
  const sandbox = await openSandbox({ customFields: ["motto"] });
  const { body } = await call(sandbox, "create-users-batch", { list: [record] });
  expect(body).toMatchObject({ statusCode: 400, message });
});

test("keeps each identifier unique in the pool, and refuses duplicates with codes if the option is set", async () => {
  const sandbox = await openSandbox({ duplicateCodes: true });
  const taken = { externalId: "E1", email: "a@example.com", username: "a", phone: "13800138000" };
  await call(sandbox, "create-user", taken);
  const codeOf = async (record: object) => (await call(sandbox, "create-user", record)).body.apiCode;
  expect(await codeOf({ username: "a" })).toBe(2034);
  expect(await codeOf({ phone: "13800138000", phoneCountryCode: "+86" })).toBe(2035);
  expect(await codeOf({ email: "A@EXAMPLE.com" })).toBe(2200);
  expect(await codeOf({ username: "b", externalId: "E1" })).toBe(2026);
  // Another country's number with the same digits is another number.
  expect(await codeOf({ phone: "13800138000", phoneCountryCode: "+1" })).toBeUndefined();
  expect(sandbox.users()).toHaveLength(2);
});

test("accepts requests of the 2022 generation", async () => {
  const sandbox = await openSandbox();
  const record = {
    username: "wang.fang",
    name: "王芳",
    gender: "W",
    passwordEncryptType: "none",
    password: "Invented-1",
    resetPasswordOnFisrtLogin: true,
    identities: [
      { extIdpId: "1", provider: "lark", type: "userid", userIdInIdp: "ou_1", originConnIds: ["2"] },
    ],
  };
  const { body } = await call(sandbox, "create-users-batch", { list: [record] });
  expect(body.data).toMatchObject([{ gender: "F", resetPasswordOnNextLogin: true }]);
  expect(body.data?.[0]).not.toHaveProperty("password");
});

test("keeps a hash as it came and decrypts what is encrypted with its keys", async () => {
  const sandbox = await openSandbox();
  const system = (await (await fetch(`${sandbox.url}/api/v3/system`)).json()) as {
    rsa: { publicKey: string };
    sm2: { publicKey: string };
  };
  expect(system).not.toHaveProperty("statusCode");
  const rsa = { key: system.rsa.publicKey, padding: constants.RSA_PKCS1_PADDING };
  const passwords = {
    rsa: publicEncrypt(rsa, Buffer.from("Invented-1")).toString("base64"),
    sm2: sm2.doEncrypt("Invented-1", system.sm2.publicKey),
    none: "Invented-1",
  };
  for (const [passwordEncryptType, password] of Object.entries(passwords)) {
    const record = { username: passwordEncryptType, password };
    const { body } = await call(sandbox, "create-users-batch", {
      list: [record],
      options: { passwordEncryptType },
    });
    expect(sandbox.passwordOf(body.data?.[0]?.userId ?? "")).toEqual({
      password: "Invented-1",
      keepPassword: false,
    });
  }
  const hash = "$2b$10$inventedinventedinventu";
  const { body } = await call(sandbox, "create-users-batch", {
    list: [{ username: "moved", password: hash, salt: "s" }],
    options: { keepPassword: true },
  });
  expect(sandbox.passwordOf(body.data?.[0]?.userId ?? "")).toEqual({
    password: hash,
    salt: "s",
    keepPassword: true,
  });
});

test.each(["rsa", "sm2"] as const)("refuses a password that its own key cannot decrypt: %s", async (type) => {
  const sandbox = await openSandbox();
  const keys = async () =>
    (await (await fetch(`${sandbox.url}/api/v3/system`)).json()) as Record<
      typeof type,
      { publicKey: string }
    >;
  const { publicKey } = (await keys())[type];
  const encrypted = (password: string) =>
    type === "rsa"
      ? publicEncrypt(
          { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
          Buffer.from(password),
        ).toString("base64")
      : sm2.doEncrypt(password, publicKey);
  const create = (username: string, password: string) =>
    call(sandbox, "create-users-batch", {
      list: [{ username, password }],
      options: { passwordEncryptType: type },
    });
  const known = encrypted("Invented-1");
  expect((await create("a", known)).body.statusCode).toBe(200);
  sandbox.rotatePasswordKeys();
  expect((await keys())[type].publicKey).not.toBe(publicKey);
  for (const password of [known, "Invented-1", "", known.slice(0, -8)])
    expect((await create("b", password)).body).toMatchObject({
      statusCode: 400,
      message: "Parameter password is malformed",
    });
  expect(sandbox.users()).toHaveLength(1);
});

test("does not read as a password the random bytes that OpenSSL returns in place of an error", () => {
  const keys = createPasswordKeys();
  const rsa = { key: keys.publicKeys().rsa.publicKey, padding: constants.RSA_PKCS1_PADDING };
  const encrypted = () => publicEncrypt(rsa, Buffer.from("Invented-1")).toString("base64");
  expect(keys.decrypt(encrypted(), "rsa")).toBe("Invented-1");
  const texts = Array.from({ length: 600 }, encrypted);
  keys.rotate();
  // About one in seventy of these random results is valid text.
  expect(texts.map((text) => keys.decrypt(text, "rsa")).filter((text) => text !== undefined)).toEqual([]);
});

test("answers a refusal with its status as the HTTP status, if the option is set", async () => {
  const sandbox = await openSandbox({ refusalsInHttpStatus: true });
  expect((await call(sandbox, "get-user", { userId: "unknown" })).httpStatus).toBe(404);
  expect((await call(sandbox, "create-user", { username: "x" })).httpStatus).toBe(200);
});
