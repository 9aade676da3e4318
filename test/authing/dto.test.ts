import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import {
  Gender,
  UserStatus,
  PasswordEncryptType,
  DepartmentIdType,
  IdentityProvider,
  CreateIdentityDto,
  CreateUserOtpDto,
  CreateUserInfoDto,
  CreateUserOptionsDto,
  SendCreateAccountNotificationDto,
} from "#lib/contract/person.ts";
import * as dto from "#lib/authing/dto.ts";
import * as most from "#lib/authing/limits.ts";
import * as person from "#lib/contract/person.ts";
import * as fc from "../properties.ts";

const profile =
  "name nickname photo gender emailVerified phoneVerified birthdate country province city address streetAddress " +
  "postalCode company browser device givenName familyName middleName profile preferredUsername website zoneinfo locale " +
  "formatted region identityNumber customData";
const identifiers = "email phone phoneCountryCode username externalId";
const envelope = "statusCode message apiCode requestId";

/** The fields of Authing's reference (OpenAPI of 2023-11, SDKs of 2025). */
const reference = {
  CreateUserBatchReqDto: "list options",
  CreateUserInfoDto: `status ${identifiers} ${profile} password salt tenantIds otp departmentIds metadataSource identities`,
  CreateUserOtpDto: "secret recoveryCode",
  CreateIdentityDto:
    "extIdpId provider type userIdInIdp userInfoInIdp accessToken refreshToken originConnIds",
  CreateUserOptionsDto:
    "keepPassword autoGeneratePassword resetPasswordOnFirstLogin departmentIdType sendNotification passwordEncryptType",
  SendCreateAccountNotificationDto: "sendEmailNotification sendPhoneNotification appId",
  ImportOtpReqDto: "list",
  ImportOtpItemDto: "userId otp",
  ImportOtpItemDataDto: "secret recoveryCode",
  UpdateUserReqDto: `userId status ${identifiers} ${profile} password metadata options`,
  UpdateUserOptionsDto:
    "userIdType resetPasswordOnFirstLogin resetPasswordOnNextLogin passwordEncryptType autoGeneratePassword " +
    "sendPasswordResetedNotification",
  SendResetPasswordNotificationDto:
    "sendDefaultEmailNotification sendDefaultPhoneNotification inputSendEmailNotification inputSendPhoneNotification appId",
  ResignUserBatchReqDto: "userIds userIdType",
  DeleteUsersBatchReqDto: "userIds options",
  GetUserReqDto: "userId userIdType flatCustomData withCustomData withPost withIdentities withDepartmentIds",
  GetUserBatchReqDto: "userIds userIdType withCustomData flatCustomData withIdentities withDepartmentIds",
  GetUserMfaInfoReqDto: "userId userIdType",
  CommonResponseDto: envelope,
  IdentityDto:
    "identityId extIdpId provider type userIdInIdp userInfoInIdp accessToken refreshToken originConnIds",
  UserDto:
    `userId createdAt updatedAt status workStatus ${identifiers} ${profile} loginsCount lastLogin lastIp ` +
    "passwordLastSetAt userSourceType userSourceId lastLoginApp mainDepartmentId lastMfaTime passwordSecurityLevel " +
    "resetPasswordOnNextLogin registerSource departmentIds identities metadataSource postIdList statusChangedAt tenantId " +
    "tenantIds signedUp",
  UserMfaDto: "totpStatus faceMfaStatus smsMfaStatus emailMfaStatus",
  SystemInfoDto: "rsa sm2 version publicIps",
  ManagementTokenDto: "access_token expires_in",
} as const;

type PersonSchema = keyof typeof reference & keyof typeof person;
type DtoSchema = keyof typeof reference & keyof typeof dto;

describe.each(Object.entries(reference))("%s", (name, fields) => {
  // oxlint-disable-next-line import/namespace -- the names are the keys of the table above, as tsc knows
  const { shape } = name in person ? person[name as PersonSchema] : dto[name as DtoSchema];

  it("has the fields of the reference", () => {
    expect(Object.keys(shape).toSorted()).toEqual(fields.split(" ").toSorted());
  });
});

const goingOut = [
  CreateUserInfoDto,
  CreateUserOtpDto,
  CreateUserOptionsDto,
  SendCreateAccountNotificationDto,
  CreateIdentityDto,
  dto.UpdateUserOptionsDto,
  dto.SendResetPasswordNotificationDto,
];

describe("a request to Authing", () => {
  it.each(goingOut)("has no field that Authing does not know: %#", (schema) => {
    expect(schema.safeParse({ newField: 1 }).error?.issues.at(-1)?.code).toBe("unrecognized_keys");
  });

  it("accepts the values of both generations", () => {
    expect(Gender.options).toEqual(["M", "F", "U"]);
    expect(UserStatus.options).toContain("Deactivated");
    expect(DepartmentIdType.options).toHaveLength(5);
    expect(PasswordEncryptType.options).toEqual(["sm2", "rsa", "none"]);
    expect(dto.UserIdType.options).toHaveLength(8);
    expect(IdentityProvider.options).toHaveLength(41);
  });

  it("is limited in number", () => {
    const limits = [
      most.maxUsersPerCreate,
      most.maxSecretsPerImport,
      most.maxUsersPerLeave,
      most.maxUsersPerLookUp,
    ];
    expect(limits).toEqual([50, 50, 50, 50]);
    const ids = (count: number) => ({ userIds: Array.from({ length: count }, String) });
    for (const schema of [dto.ResignUserBatchReqDto, dto.DeleteUsersBatchReqDto, dto.GetUserBatchReqDto]) {
      expect([0, 1, 50, 51].map((count) => schema.safeParse(ids(count)).success)).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }
  });
});

describe("an answer of Authing", () => {
  const user = {
    userId: "6229ffaxxxxxxxxcade3e3d9",
    gender: "W",
    identities: [{ provider: "lark", odd: 1 }],
    odd: 1,
  };

  it("is read the same from a list in place as from a copied list", () => {
    const name = fc.constantFrom(...Object.keys(dto.UserDto.shape), "odd");
    const value = fc.oneof(
      fc.constantFrom("1", "W", "F", 1, true, false, null, undefined),
      fc.constantFrom(
        ["1"],
        [1],
        {},
        { provider: "lark" },
        [{ provider: 1 }],
        [{ provider: "lark", odd: 1 }],
      ),
    );
    const known = fc.dictionary(name, value, { maxKeys: 8 }).map((fields) => ({ userId: "1", ...fields }));
    const someList = fc.oneof(
      { weight: 20, arbitrary: fc.array(known, { maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, null, {}, [null], [{}], [{ userId: 1 }], "1") },
    );
    fc.assert(
      fc.property(someList, (list) => {
        const copied = z.array(dto.UserDto).safeParse(structuredClone(list));
        const read = dto.UserList.safeParse(structuredClone(list));
        expect(read.success).toBe(copied.success);
        const listed = (user: dto.ListedUserDto) => dto.listedFields.map((name) => [name, user[name]]);
        expect(read.data?.map(listed)).toEqual(copied.data?.map(listed));
      }),
      { numRuns: 500 },
    );
  });

  it("may hold more, less and other than the reference says", () => {
    const answer = { statusCode: 200, apiCode: "20001", message: null, data: [user], odd: 1 };
    expect(dto.CommonResponseDto.parse(answer)).toEqual({ ...answer, apiCode: 20001, message: undefined });
    expect(dto.CommonResponseDto.parse({ statusCode: "200" }).statusCode).toBe(200);
    expect(dto.UserDto.parse(user)).toEqual({ ...user, gender: "F" });
    expect(dto.UserMfaDto.parse({ totpStatus: "enabled" }).totpStatus).toBe("enabled");
    expect(dto.SystemInfoDto.parse({ rsa: "odd", sm2: { publicKey: "04" } }).sm2?.publicKey).toBe("04");
  });

  it.each([{}, { statusCode: "" }, { statusCode: "OK" }, { statusCode: null }, [], "<html>", null])(
    "is no envelope without a status code: %j",
    (body) => expect(dto.CommonResponseDto.safeParse(body).success).toBe(false),
  );
});
