import * as z from "zod/mini";
import {
  CreateUserInfoDto,
  CreateUserOptionsDto,
  identifierFields,
  ImportOtpItemDataDto,
  PasswordEncryptType,
  profileFields,
  UserStatus,
  type Frozen,
} from "#lib/contract/person.ts";
import { compiledFields } from "./compiled-fields.ts";
import {
  maxAppsPerKick,
  maxSecretsPerImport,
  maxUsersPerCreate,
  maxUsersPerLeave,
  maxUsersPerLookUp,
  maxUsersPerUpdate,
} from "./limits.ts";

// What Authing's Management API v3 takes and gives, under the names its reference uses. Requests are strict: a field that
// Authing does not know is a mistake of ours. Answers are parsed leniently: unknown fields are ignored, mistyped ones undefined.
// Sources: the OpenAPI description of 2023-11 (github.com/Authing/authing-docs-factory), authing-node-sdk 4.0.2,
// authing-java-sdk 3.1.19. The form here is the current generation; dialect.ts reads and writes the one of 2022.

const text = z.exactOptional(z.string());
const identifier = z.string().check(z.minLength(1));
const flag = z.exactOptional(z.boolean());
const jsonObject = z.exactOptional(z.record(z.string(), z.unknown()));

export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

// ── What goes to Authing ────────────────────────────────────────────────────────────────────────────────────────────

/** How a `userId` is to be understood. `identity` is `<extIdpId>:<userIdInIdp>`, `sync_relation` `<provider>:<userIdInIdp>`. */
export const UserIdType = z.enum([
  "user_id",
  "external_id",
  "phone",
  "email",
  "username",
  "identity",
  "sync_relation",
  "custom_field",
]);
export type UserIdType = z.infer<typeof UserIdType>;

export const CreateUserBatchReqDto = z.strictObject({
  list: z.array(CreateUserInfoDto).check(z.minLength(1), z.maxLength(maxUsersPerCreate)),
  options: z.exactOptional(CreateUserOptionsDto),
});
export type CreateUserBatchReqDto = Frozen<z.infer<typeof CreateUserBatchReqDto>>;

/** `userId` is Authing's own id: this endpoint has no `userIdType`. */
export const ImportOtpItemDto = z.strictObject({ userId: identifier, otp: ImportOtpItemDataDto });
export type ImportOtpItemDto = Frozen<z.infer<typeof ImportOtpItemDto>>;

export const ImportOtpReqDto = z.strictObject({
  list: z.array(ImportOtpItemDto).check(z.minLength(1), z.maxLength(maxSecretsPerImport)),
});
export type ImportOtpReqDto = Frozen<z.infer<typeof ImportOtpReqDto>>;

export const SendResetPasswordNotificationDto = z.strictObject({
  sendDefaultEmailNotification: flag,
  sendDefaultPhoneNotification: flag,
  inputSendEmailNotification: text,
  inputSendPhoneNotification: text,
  appId: text,
});
export type SendResetPasswordNotificationDto = Frozen<z.infer<typeof SendResetPasswordNotificationDto>>;

export const UpdateUserOptionsDto = z.strictObject({
  userIdType: z.exactOptional(UserIdType),
  resetPasswordOnFirstLogin: flag,
  resetPasswordOnNextLogin: flag,
  passwordEncryptType: z.exactOptional(PasswordEncryptType),
  autoGeneratePassword: flag,
  /** Authing's spelling. */
  sendPasswordResetedNotification: z.exactOptional(SendResetPasswordNotificationDto),
});
export type UpdateUserOptionsDto = Frozen<z.infer<typeof UpdateUserOptionsDto>>;

/** A change of a person: absent fields stay as they are. What create calls `metadataSource` is `metadata` here. */
export const UpdateUserReqDto = z.strictObject({
  userId: identifier,
  status: z.exactOptional(UserStatus),
  ...identifierFields,
  ...profileFields,
  password: text,
  metadata: jsonObject,
  options: z.exactOptional(UpdateUserOptionsDto),
});
export type UpdateUserReqDto = Frozen<z.infer<typeof UpdateUserReqDto>>;

/**
 * Changes of several people. `userId` is Authing's own id: this endpoint has no `userIdType`. Passwords go with `update-user`, since their
 * encryption is an option of the whole call.
 */
export const UpdateUserBatchReqDto = z.strictObject({
  list: z
    .array(z.omit(UpdateUserReqDto, { password: true, options: true }))
    .check(z.minLength(1), z.maxLength(maxUsersPerUpdate)),
});
export type UpdateUserBatchReqDto = Frozen<z.infer<typeof UpdateUserBatchReqDto>>;

const userIds = z.array(identifier).check(z.minLength(1), z.maxLength(maxUsersPerLeave));

export const ResignUserBatchReqDto = z.strictObject({ userIds, userIdType: z.exactOptional(UserIdType) });
export type ResignUserBatchReqDto = Frozen<z.infer<typeof ResignUserBatchReqDto>>;

/** Ends the sessions of one person in these applications. */
export const KickUsersDto = z.strictObject({
  appIds: z.array(identifier).check(z.minLength(1), z.maxLength(maxAppsPerKick)),
  userId: identifier,
  options: z.exactOptional(z.strictObject({ userIdType: z.exactOptional(UserIdType) })),
});
export type KickUsersDto = Frozen<z.infer<typeof KickUsersDto>>;

export const DeleteUsersBatchReqDto = z.strictObject({
  userIds,
  options: z.exactOptional(z.strictObject({ userIdType: z.exactOptional(UserIdType) })),
});
export type DeleteUsersBatchReqDto = Frozen<z.infer<typeof DeleteUsersBatchReqDto>>;

export const GetUserReqDto = z.strictObject({
  userId: identifier,
  userIdType: z.exactOptional(UserIdType),
  flatCustomData: flag,
  withCustomData: flag,
  withPost: flag,
  withIdentities: flag,
  withDepartmentIds: flag,
});
export type GetUserReqDto = Frozen<z.infer<typeof GetUserReqDto>>;

export const GetUserBatchReqDto = z.strictObject({
  userIds: z.array(identifier).check(z.minLength(1), z.maxLength(maxUsersPerLookUp)),
  userIdType: z.exactOptional(UserIdType),
  withCustomData: flag,
  flatCustomData: flag,
  withIdentities: flag,
  withDepartmentIds: flag,
});
export type GetUserBatchReqDto = Frozen<z.infer<typeof GetUserBatchReqDto>>;

export const GetUserMfaInfoReqDto = z.strictObject({
  userId: identifier,
  userIdType: z.exactOptional(UserIdType),
});
export type GetUserMfaInfoReqDto = Frozen<z.infer<typeof GetUserMfaInfoReqDto>>;

/** Which custom fields a pool has. */
export const GetCustomFieldsReqDto = z.strictObject({
  targetType: z.enum(["USER", "ROLE", "GROUP", "DEPARTMENT"]),
});
export type GetCustomFieldsReqDto = Frozen<z.infer<typeof GetCustomFieldsReqDto>>;

// ── What comes back ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A field of an answer: `undefined` where it is missing, null or of another type than the reference says. */
export function lenient<Schema extends z.ZodMiniType>(schema: Schema) {
  // oxlint-disable-next-line promise/valid-params -- zod's catch, not a promise's
  return z.catch(z.optional(schema), undefined);
}

const someText = lenient(z.string());
const someNumber = lenient(z.number());
const someFlag = lenient(z.boolean());
const someTexts = lenient(z.array(z.string()));
const someObject = lenient(z.record(z.string(), z.unknown()));
/** The 2022 generation writes `W` for `F`. */
const someGender = lenient(
  z.pipe(
    z.string(),
    z.transform((gender) => (gender === "W" ? "F" : gender)),
  ),
);
/** The codes are numbers; an older error page shows `apiCode` as text. */
const code = z.union([z.number(), z.pipe(z.string().check(z.regex(/^\d{1,9}$/)), z.transform(Number))]);

/** The envelope of every answer except that of `system`. Success is `statusCode` 200, whatever HTTP says. */
export const CommonResponseDto = z.looseObject({
  statusCode: code,
  message: someText,
  apiCode: lenient(code),
  requestId: someText,
});
export type CommonResponseDto = Frozen<z.infer<typeof CommonResponseDto>>;

export const IdentityDto = z.looseObject({
  identityId: someText,
  extIdpId: someText,
  provider: someText,
  type: someText,
  userIdInIdp: someText,
  userInfoInIdp: someObject,
  accessToken: someText,
  refreshToken: someText,
  originConnIds: someTexts,
});
export type IdentityDto = Frozen<z.infer<typeof IdentityDto>>;

/** A person as Authing has them. Only the id is certain. */
export const UserDto = z.looseObject({
  userId: z.string(),
  createdAt: someText,
  updatedAt: someText,
  status: someText,
  workStatus: someText,
  externalId: someText,
  email: someText,
  phone: someText,
  phoneCountryCode: someText,
  username: someText,
  name: someText,
  nickname: someText,
  photo: someText,
  loginsCount: someNumber,
  lastLogin: someText,
  lastIp: someText,
  gender: someGender,
  emailVerified: someFlag,
  phoneVerified: someFlag,
  passwordLastSetAt: someText,
  birthdate: someText,
  country: someText,
  province: someText,
  city: someText,
  address: someText,
  streetAddress: someText,
  postalCode: someText,
  company: someText,
  browser: someText,
  device: someText,
  givenName: someText,
  familyName: someText,
  middleName: someText,
  profile: someText,
  preferredUsername: someText,
  website: someText,
  zoneinfo: someText,
  locale: someText,
  formatted: someText,
  region: someText,
  userSourceType: someText,
  userSourceId: someText,
  lastLoginApp: someText,
  mainDepartmentId: someText,
  lastMfaTime: someText,
  passwordSecurityLevel: someNumber,
  resetPasswordOnNextLogin: someFlag,
  registerSource: someTexts,
  departmentIds: someTexts,
  identities: lenient(z.array(IdentityDto)),
  identityNumber: someText,
  customData: someObject,
  metadataSource: z.optional(z.unknown()),
  postIdList: someTexts,
  statusChangedAt: someText,
  tenantId: someText,
  tenantIds: someTexts,
  signedUp: someText,
});
export type UserDto = Frozen<z.infer<typeof UserDto>>;

/** The fields that are read of people in lists. */
export const listedFields = [
  "userId",
  "externalId",
  "email",
  "phone",
  "phoneCountryCode",
  "username",
  "status",
  "createdAt",
  "departmentIds",
] as const satisfies readonly (keyof UserDto)[];

/** A person in a list: who they are and whether they may sign in. */
export type ListedUserDto = Pick<UserDto, (typeof listedFields)[number]>;

const listedUser = compiledFields(UserDto);

/** What `z.array(UserDto)` reads of these fields, without copying: a field of another type is set to `undefined` in place. */
export const UserList = z.pipe(
  z.custom<Record<string, unknown>[]>(
    (list) => Array.isArray(list) && list.every((user) => typeof objectOf(user)?.["userId"] === "string"),
  ),
  z.transform((list) => {
    for (const user of list) {
      for (const name of listedFields) {
        const value = user[name];
        // All of them but one are text, and mostly valid.
        if (value === undefined || (typeof value === "string" && name !== "departmentIds")) continue;
        user[name] = listedUser(name)?.parse(value);
      }
    }
    return list as unknown as readonly ListedUserDto[];
  }),
);

/** A custom field: what a key of `customData` has to be. */
export const CustomFieldDto = z.looseObject({ key: z.string() });
export type CustomFieldDto = Frozen<z.infer<typeof CustomFieldDto>>;

/** Each is `enabled` or `disabled`. */
export const UserMfaDto = z.looseObject({
  totpStatus: someText,
  faceMfaStatus: someText,
  smsMfaStatus: someText,
  emailMfaStatus: someText,
});
export type UserMfaDto = Frozen<z.infer<typeof UserMfaDto>>;

const publicKey = lenient(z.looseObject({ publicKey: z.string() }));

/** The keys that passwords may be encrypted with. */
export const SystemInfoDto = z.looseObject({
  rsa: publicKey,
  sm2: publicKey,
  version: someObject,
  publicIps: someTexts,
});
export type SystemInfoDto = Frozen<z.infer<typeof SystemInfoDto>>;

export const ManagementTokenDto = z.looseObject({ access_token: identifier, expires_in: z.number() });
export type ManagementTokenDto = Frozen<z.infer<typeof ManagementTokenDto>>;
