import { describe, expect, it } from "vitest";
import { droppedOnWire, readCreateUser, toWire, updateToWire } from "#lib/authing/dialect.ts";
import type { CreateUserBatchReqDto } from "#lib/authing/dto.ts";
import type { Create, Update } from "#lib/contract/change.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";

const identity = {
  extIdpId: "62f20932716fbcc10d966ee5",
  provider: "lark",
  type: "open_id",
  userIdInIdp: "ou_8bae",
  originConnIds: ["62f20932"],
} as const;

const wang = { username: "王五", password: "secret-王" };

describe("reading", () => {
  it("accepts fields of the current generation as they are", () => {
    const person = {
      ...wang,
      gender: "F",
      company: "示例",
      status: "Deactivated",
      otp: { secret: "HZ2F6J3AGNAVSOTV" },
    };
    expect(readCreateUser(person)).toEqual(person);
  });

  it("converts identities of 2022 to the current form", () => {
    expect(readCreateUser({ ...wang, identities: [identity] })).toEqual({
      ...wang,
      identities: [{ ...identity, userInfoInIdp: {} }],
    });
  });

  it.each([
    [{ ...wang, gender: "X" }, "invalid-value", "gender"],
    [{ ...wang, userExpired: 1 }, "unknown-field", "userExpired"],
    [{ ...wang, identities: [{ provider: "王五" }] }, "invalid-type", "identities[0].extIdpId"],
    ["王五", "invalid-type", undefined],
  ])("refuses %j, and says where, without the value", (input, reason, path) => {
    expect(() => readCreateUser(input)).toThrow(expect.objectContaining({ code: "malformed", reason, path }));
    expect(() => readCreateUser(input)).not.toThrow(/王|secret/);
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
    expect(toWire(batch, "current")).toEqual({ body: batch, problems: [] });
  });

  it("writes in the dialect of 2022 what that dialect has", () => {
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
      problems: [],
    });
  });

  it("refuses a request that would create a person without their second factor, password or department", () => {
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

  it("applies the same rules to an update", () => {
    const update = { userId: "1", gender: "F", region: "上海", status: "Deactivated" } as const;
    expect(updateToWire(update, "current").body).toEqual(update);
    expect(updateToWire(update, "2022")).toEqual({
      body: { userId: "1", gender: "W", status: "Suspended" },
      problems: [],
    });
  });
});

describe("what the dialect of 2022 drops", () => {
  const person: CreateUserInfoDto = {
    ...wang,
    givenName: "五",
    locale: "zh-CN",
    region: "上海",
    status: "Deactivated",
    metadataSource: { hr: 1 },
    identities: [{ ...identity, originConnIds: [], userInfoInIdp: { name: "五" }, accessToken: "" }],
  };
  const absent = "not-in-dialect-2022";

  it("is listed for a joiner, by the names of Authing's fields", () => {
    const joiner: Create = { kind: "create", person, trail: {} };
    expect(droppedOnWire(joiner, "2022")).toEqual([
      { path: "givenName", problem: absent },
      { path: "locale", problem: absent },
      { path: "region", problem: absent },
      { path: "metadataSource", problem: absent },
      { path: "identities[].userInfoInIdp", problem: absent },
      { path: "status", problem: "suspended-in-dialect-2022" },
    ]);
    expect(droppedOnWire(joiner, "current")).toEqual([]);
  });

  it("is listed for a mover, without the fields that no update accepts", () => {
    const mover: Update = { kind: "update", who: {}, person, complete: false, trail: {} };
    expect(droppedOnWire(mover, "2022").map(({ path }) => path)).toEqual([
      "givenName",
      "locale",
      "region",
      "status",
    ]);
  });

  it("is exactly what is not in the request", () => {
    const { list } = toWire({ list: [{ ...person, identities: [] }] }, "2022").body as {
      list: readonly Record<string, unknown>[];
    };
    const joiner: Create = { kind: "create", person: { ...person, identities: [] }, trail: {} };
    const gone = Object.entries(person).flatMap(([name, value]) =>
      name !== "identities" && list[0]?.[name] !== value ? name : [],
    );
    expect(
      droppedOnWire(joiner, "2022")
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(gone.toSorted());
  });

  it("is empty for a joiner with plain fields only", () => {
    const plain: CreateUserInfoDto = {
      ...wang,
      gender: "F",
      identities: [{ ...identity, originConnIds: [], userInfoInIdp: {} }],
    };
    expect(droppedOnWire({ kind: "create", person: plain }, "2022")).toEqual([]);
  });
});
