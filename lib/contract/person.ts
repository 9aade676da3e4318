import * as z from "zod/mini";

// A person in Authing's terms: what a change holds, under the names that Authing's reference uses. Strict, since a field that
// Authing does not know is a mistake of ours. Sources: the OpenAPI description of 2023-11
// (github.com/Authing/authing-docs-factory), authing-node-sdk 4.0.2, authing-java-sdk 3.1.19.

/** A type whose every level is read-only. */
export type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

const text = z.exactOptional(z.string());
const identifier = z.string().check(z.minLength(1));
const flag = z.exactOptional(z.boolean());
const texts = z.exactOptional(z.array(z.string()));
const jsonObject = z.exactOptional(z.record(z.string(), z.unknown()));

export const Gender = z.enum(["M", "F", "U"]);
export type Gender = z.infer<typeof Gender>;

export const UserStatus = z.enum(["Suspended", "Resigned", "Activated", "Archived", "Deactivated"]);
export type UserStatus = z.infer<typeof UserStatus>;

export const PasswordEncryptType = z.enum(["sm2", "rsa", "none"]);
export type PasswordEncryptType = z.infer<typeof PasswordEncryptType>;

/** How the ids in `departmentIds` are to be understood. The 2022 generation knows the first two. */
export const DepartmentIdType = z.enum([
  "department_id",
  "open_department_id",
  "sync_relation",
  "custom_field",
  "code",
]);
export type DepartmentIdType = z.infer<typeof DepartmentIdType>;

/** The last three are in authing-node-sdk only. */
export const IdentityProvider = z.enum([
  "oidc",
  "oauth2",
  "saml",
  "ldap",
  "ad",
  "cas",
  "azure-ad",
  "wechat",
  "google",
  "qq",
  "wechatwork",
  "dingtalk",
  "weibo",
  "github",
  "alipay",
  "apple",
  "baidu",
  "lark",
  "gitlab",
  "twitter",
  "facebook",
  "slack",
  "linkedin",
  "yidun",
  "qingcloud",
  "gitee",
  "instagram",
  "welink",
  "huawei",
  "honor",
  "xiaomi",
  "oppo",
  "aws",
  "amazon",
  "douyin",
  "kuaishou",
  "line",
  "sdbz",
  "zjzwfw",
  "zzding",
  "seeyona8v5",
]);
export type IdentityProvider = z.infer<typeof IdentityProvider>;

/** The account of a person at another identity provider. `userInfoInIdp` is required since 2022-10. */
export const CreateIdentityDto = z.strictObject({
  extIdpId: identifier,
  provider: IdentityProvider,
  type: z.string(),
  userIdInIdp: identifier,
  userInfoInIdp: z.record(z.string(), z.unknown()),
  accessToken: text,
  refreshToken: text,
  originConnIds: z.array(z.string()),
});
export type CreateIdentityDto = Frozen<z.infer<typeof CreateIdentityDto>>;

/** A TOTP secret of a person who is being created: base32, upper case, no padding; SHA-1, 6 digits, 30 s. */
export const CreateUserOtpDto = z.strictObject({ secret: identifier, recoveryCode: text });
export type CreateUserOtpDto = Frozen<z.infer<typeof CreateUserOtpDto>>;

export const profileFields = {
  name: text,
  nickname: text,
  photo: text,
  gender: z.exactOptional(Gender),
  emailVerified: flag,
  phoneVerified: flag,
  /** Declared a date-time, shown as `YYYY-MM-DD` in every example. */
  birthdate: text,
  country: text,
  province: text,
  city: text,
  address: text,
  streetAddress: text,
  postalCode: text,
  company: text,
  browser: text,
  device: text,
  givenName: text,
  familyName: text,
  middleName: text,
  profile: text,
  preferredUsername: text,
  website: text,
  zoneinfo: text,
  locale: text,
  formatted: text,
  region: text,
  identityNumber: text,
  /** Keys that the user pool has a custom field for. */
  customData: jsonObject,
};

export const identifierFields = {
  /** Compared without regard to case. */
  email: z.exactOptional(identifier),
  /** The national number, without country code. */
  phone: z.exactOptional(identifier),
  /** `+86` and the like; only beside `phone`. */
  phoneCountryCode: z.exactOptional(identifier),
  username: z.exactOptional(identifier),
  /** Our id of the person. Unique in the pool, but not enough to create a person. */
  externalId: z.exactOptional(identifier),
};

const createUserFields = {
  status: z.exactOptional(UserStatus),
  ...identifierFields,
  ...profileFields,
  password: text,
  salt: text,
  tenantIds: texts,
  otp: z.exactOptional(CreateUserOtpDto),
  departmentIds: texts,
  metadataSource: jsonObject,
  identities: z.exactOptional(z.array(CreateIdentityDto)),
};

/** A person to create. At least one of `email`, `phone` and `username`. */
export const CreateUserInfoDto = z.strictObject(createUserFields);
export type CreateUserInfoDto = Frozen<z.infer<typeof CreateUserInfoDto>>;

/**
 * Fields of a person that `create-users-batch` takes and nothing here can change later. `departmentIds` are not among them:
 * `update-user` does not take them, `set-user-departments` does.
 */
export const fieldsOnlyAtCreate = [
  "salt",
  "tenantIds",
  "otp",
  "metadataSource",
  "identities",
] as const satisfies readonly (keyof CreateUserInfoDto)[];

export const SendCreateAccountNotificationDto = z.strictObject({
  sendEmailNotification: flag,
  sendPhoneNotification: flag,
  appId: text,
});
export type SendCreateAccountNotificationDto = Frozen<z.infer<typeof SendCreateAccountNotificationDto>>;

/** Options hold for a whole batch: people who want different ones go in different batches. */
export const CreateUserOptionsDto = z.strictObject({
  /** Takes `password` as it is, hashed elsewhere; needs a password script in Authing's console. */
  keepPassword: flag,
  autoGeneratePassword: flag,
  resetPasswordOnFirstLogin: flag,
  departmentIdType: z.exactOptional(DepartmentIdType),
  sendNotification: z.exactOptional(SendCreateAccountNotificationDto),
  passwordEncryptType: z.exactOptional(PasswordEncryptType),
});
export type CreateUserOptionsDto = Frozen<z.infer<typeof CreateUserOptionsDto>>;

export const ImportOtpItemDataDto = z.strictObject({ secret: identifier, recoveryCode: text });
export type ImportOtpItemDataDto = Frozen<z.infer<typeof ImportOtpItemDataDto>>;
