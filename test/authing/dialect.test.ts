import { describe, expect, it } from "vitest";
import { readCreateUser, readCreateUserBatch, toWire, updateToWire } from "#lib/authing/dialect.ts";
import type { CreateUserBatchReqDto } from "#lib/authing/dto.ts";

const identity = {
  extIdpId: "62f20932716fbcc10d966ee5",
  provider: "lark",
  type: "open_id",
  userIdInIdp: "ou_8bae",
  originConnIds: ["62f20932"],
} as const;

const wang = { username: "王五", password: "secret-王" };

describe("reading", () => {
  it("takes a person of the current generation as they are", () => {
    const person = {
      ...wang,
      gender: "F",
      company: "示例",
      status: "Deactivated",
      otp: { secret: "HZ2F6J3AGNAVSOTV" },
    };
    expect(readCreateUser(person)).toEqual({ person, options: {} });
  });

  it("takes a person of 2022 into the current form", () => {
    const older = {
      ...wang,
      gender: "W",
      passwordEncryptType: "rsa",
      resetPasswordOnFisrtLogin: true,
      identities: [identity],
    };
    expect(readCreateUser(older)).toEqual({
      person: { ...wang, gender: "F", identities: [{ ...identity, userInfoInIdp: {} }] },
      options: { passwordEncryptType: "rsa", resetPasswordOnFirstLogin: true },
    });
  });

  it("makes options of what everybody in a batch of 2022 says", () => {
    const flags = { passwordEncryptType: "sm2", resetPasswordOnFisrtLogin: true };
    const list = [
      { ...wang, ...flags },
      { username: "zoe", resetPasswordOnFisrtLogin: true },
    ];
    expect(readCreateUserBatch({ list, options: { keepPassword: false } })).toEqual({
      list: [wang, { username: "zoe" }],
      options: { keepPassword: false, passwordEncryptType: "sm2", resetPasswordOnFirstLogin: true },
    });
    expect(readCreateUserBatch({ list: [wang] })).toEqual({ list: [wang] });
  });

  it.each([
    [[{ ...wang, passwordEncryptType: "rsa" }, wang], undefined, "list[1].passwordEncryptType"],
    [[wang, { ...wang, passwordEncryptType: "rsa" }], undefined, "list[1].passwordEncryptType"],
    [
      [{ ...wang, passwordEncryptType: "rsa" }],
      { passwordEncryptType: "none" },
      "list[0].passwordEncryptType",
    ],
    [[{ ...wang, resetPasswordOnFisrtLogin: true }, wang], undefined, "list[1].resetPasswordOnFisrtLogin"],
  ])("refuses people of one batch who want different options: %#", (list, options, path) => {
    expect(() => readCreateUserBatch({ list, ...(options && { options }) })).toThrow(
      expect.objectContaining({ code: "malformed", reason: "options-differ-in-batch", path }),
    );
  });

  it.each([
    [{ list: [] }, "list-empty", "list"],
    [{ list: [{ ...wang, gender: "X" }] }, "invalid-value", "list[0].gender"],
    [{ list: [{ ...wang, userExpired: 1 }] }, "unknown-field", "list[0].userExpired"],
    [{ list: "王五" }, "invalid-type", "list"],
  ])("refuses %j, and says where without what", (input, reason, path) => {
    expect(() => readCreateUserBatch(input)).toThrow(
      expect.objectContaining({ code: "malformed", reason, path }),
    );
    expect(() => readCreateUserBatch(input)).not.toThrow(/王|secret/);
  });
});

describe("writing", () => {
  const batch: CreateUserBatchReqDto = {
    list: [
      {
        ...wang,
        gender: "F",
        status: "Deactivated",
        company: "示例",
        identities: [
          { ...identity, originConnIds: [...identity.originConnIds], userInfoInIdp: { name: "五" } },
        ],
      },
    ],
    options: {
      passwordEncryptType: "rsa",
      resetPasswordOnFirstLogin: true,
      departmentIdType: "open_department_id",
    },
  };

  it("leaves the current dialect as it is", () => {
    expect(toWire(batch, "current")).toEqual({ body: batch, dropped: [], problems: [] });
  });

  it("says what it can as in 2022, and lists what it cannot", () => {
    expect(toWire(batch, "2022")).toEqual({
      body: {
        list: [
          {
            ...wang,
            gender: "W",
            status: "Suspended",
            identities: [identity],
            passwordEncryptType: "rsa",
            resetPasswordOnFisrtLogin: true,
          },
        ],
        options: { resetPasswordOnFirstLogin: true, departmentIdType: "open_department_id" },
      },
      dropped: ["list[].company", "list[].status", "list[].identities[].userInfoInIdp"],
      problems: [],
    });
  });

  it("comes back as it was when nothing was left out", () => {
    const plain: CreateUserBatchReqDto = {
      list: [{ ...wang, gender: "F" }],
      options: { passwordEncryptType: "rsa", resetPasswordOnFirstLogin: true },
    };
    expect(readCreateUserBatch(toWire(plain, "2022").body)).toEqual(plain);
  });

  it("refuses what would leave a person without their second factor, password or department", () => {
    const { problems } = toWire(
      {
        list: [{ ...wang, salt: "s", otp: { secret: "HZ2F6J3AGNAVSOTV" } }],
        options: { departmentIdType: "code" },
      },
      "2022",
    );
    expect(problems).toEqual([
      { path: "list[0].otp", code: "not-in-dialect" },
      { path: "list[0].salt", code: "not-in-dialect" },
      { path: "options.departmentIdType", code: "not-in-dialect" },
    ]);
  });

  it("holds for an update, too", () => {
    const update = { userId: "1", gender: "F", region: "上海", status: "Deactivated" } as const;
    expect(updateToWire(update, "current").body).toEqual(update);
    expect(updateToWire(update, "2022")).toEqual({
      body: { userId: "1", gender: "W", status: "Suspended" },
      dropped: ["region", "status"],
      problems: [],
    });
  });
});
