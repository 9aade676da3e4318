import type { Read } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";

/** What people call a field: names as `normalizedName` has them. The field's own name need not be among them. */
export type Aliases<Field extends string> = Readonly<Record<Field, readonly string[]>>;

/** What the columns of a file are. */
export interface Columns<Field extends string> {
  /** Our field → the column's name as the file writes it. */
  readonly names: ReadonlyMap<Field, string>;
  /** Columns that nobody knows. */
  readonly unmapped: readonly string[];
  /** Columns of which only one can be meant. */
  readonly ambiguous: readonly string[];
}

// Names from products' own templates and exports. `id` is not among them: every product means another one by it.

export const userAliases = {
  externalId: [
    "userid",
    "employeenumber",
    "employeeid",
    "employee#",
    "empno",
    "empnum",
    "workerid",
    "localid",
    "sub",
    "工号",
    "员工工号",
    "员工userid",
    "员工编号",
    "外部id",
  ],
  username: [
    "login",
    "account",
    "upn",
    "userprincipalname",
    "cognito:username",
    "用户名",
    "帐号",
    "账号",
    "登录名",
  ],
  name: ["fullname", "displayname", "姓名", "真实姓名", "名字"],
  familyName: ["lastname", "surname", "姓", "姓氏"],
  givenName: ["firstname", "名"],
  middleName: ["中间名"],
  nickname: ["alias", "昵称", "别名"],
  email: [
    "emailaddress",
    "mail",
    "workemail",
    "primaryemailaddress",
    "邮箱",
    "企业邮箱",
    "工作邮箱",
    "电子邮箱",
    "个人邮箱",
    "邮箱地址",
    "电子邮件",
  ],
  phone: [
    "mobile",
    "mobilephone",
    "phonenumber",
    "primaryphonenumber",
    "mobilenumber",
    "手机",
    "手机号",
    "手机号码",
    "电话",
    "移动电话",
  ],
  phoneCountryCode: ["countrycallingcode", "区号", "国家码", "国际区号", "手机区号"],
  gender: ["sex", "性别"],
  birthdate: ["dateofbirth", "dob", "birthday", "生日", "出生日期"],
  departments: ["department", "orgunitpath", "groups", "部门", "所在部门", "部门路径"],
  status: ["workerstatus", "状态", "账号状态", "帐号状态"],
  accountEnabled: ["enabled", "active"],
  accountDisabled: ["disabled", "blocked", "suspended", "账号是否被禁用", "帐号是否被禁用"],
  emailVerified: ["邮箱是否验证"],
  phoneVerified: ["phonenumberverified", "手机号是否验证", "手机是否验证"],
  photo: ["picture", "avatar", "photourl", "imageurl", "头像"],
  profile: ["profileurl"],
  website: ["个人网站"],
  company: ["公司"],
  country: ["国家"],
  province: ["state", "省份", "省"],
  city: ["城市"],
  address: ["地址", "联系地址"],
  streetAddress: ["street", "address1", "街道", "街道地址"],
  postalCode: ["zip", "zipcode", "postcode", "邮编", "邮政编码"],
  preferredUsername: [],
  locale: ["语言"],
  zoneinfo: ["timezone", "时区"],
  region: ["地区"],
  formatted: [],
  identityNumber: ["身份证号"],
  browser: [],
  device: [],
  password: ["密码", "初始密码"],
  passwordHash: ["passworddigest", "encryptedpassword", "密码哈希"],
  salt: [],
  passwordEncryptType: [],
  resetPasswordOnFirstLogin: ["resetpasswordonfisrtlogin", "changepasswordatnextsignin"],
  // What only a file of JSON can hold.
  customData: [],
  identities: [],
  tenantIds: [],
  departmentIds: [],
  otp: [],
  metadataSource: [],
} as const satisfies Aliases<string>;
export type UserField = keyof typeof userAliases;

export const otpAliases = {
  userId: ["authinguserid", "用户id"],
  externalId: [
    "employeenumber",
    "employeeid",
    "employee#",
    "empno",
    "empnum",
    "workerid",
    "工号",
    "员工工号",
    "员工编号",
    "外部id",
  ],
  email: userAliases.email,
  phone: userAliases.phone,
  phoneCountryCode: userAliases.phoneCountryCode,
  username: userAliases.username,
  secret: [
    "secretkey",
    "totpsecret",
    "otpsecret",
    "totp",
    "otp",
    "uri",
    "url",
    "otpuri",
    "otpurl",
    "totpuri",
    "totpurl",
    "otpauth",
    "otpauthuri",
    "otpauthurl",
    "seed",
    "密钥",
    "种子",
  ],
  recoveryCode: ["otprecoverycode", "恢复码"],
  algorithm: ["otpalgorithm", "algo", "hashalgorithm", "hashfunction", "算法"],
  digits: ["otpdigits", "otplength", "codelength", "位数"],
  period: ["otpperiod", "interval", "timeinterval", "timestep", "step", "周期"],
  type: ["otptype", "subtype", "类型"],
} as const satisfies Aliases<string>;
export type OtpField = keyof typeof otpAliases;

/** Fields that say the same thing in different words: a file may have one of each group. */
const exclusive: readonly (readonly string[])[] = [
  ["password", "passwordHash"],
  ["status", "accountEnabled", "accountDisabled"],
];

/** Finds out what the columns of a file are by their names. */
export function mapColumns<Field extends string>(
  columns: readonly string[],
  fieldOf: ReadonlyMap<string, Field>,
): Columns<Field> {
  const found = new Map<Field, string[]>();
  const unmapped: string[] = [];
  for (const column of columns) {
    const field = fieldOf.get(normalizedName(column));
    if (field === undefined) unmapped.push(column);
    else found.set(field, [...(found.get(field) ?? []), column]);
  }
  const groups = [
    ...found.values(),
    ...exclusive.map((fields) => fields.flatMap((field) => found.get(field as Field) ?? [])),
  ];
  return {
    names: new Map([...found].map(([field, names]) => [field, names[0] as string])),
    unmapped: unmapped.filter((column) => column !== ""),
    ambiguous: groups.find((group) => group.length > 1) ?? [],
  };
}

/** The field behind every name. Throws for a name that two fields have: a mistake in the table. */
export function fieldsByName<Field extends string>(aliases: Aliases<Field>): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [field, names] of Object.entries(aliases) as [Field, readonly string[]][]) {
    for (const name of [normalizedName(field), ...names]) {
      if (fields.has(name)) throw new TypeError(`column "${name}" is both ${fields.get(name)} and ${field}`);
      fields.set(name, field);
    }
  }
  return fields;
}

/** A column's name without what templates add to it: case, spaces, `_ - .`, `*`, `（必填）`, `[Required]`. */
export function normalizedName(column: string): string {
  return column
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\(必填\)|\[[^\]]*\]|[\s\p{Cf}_.*-]/gu, "");
}

/** Refuses a file of which a column is there twice. Their names are from our tables, so they may be shown. */
export function refuseAmbiguous(columns: Columns<string>): void {
  if (columns.ambiguous.length > 0) {
    throw new InboundError("malformed", "columns-ambiguous", {
      path: `columns ${columns.ambiguous.join(", ")}`,
      hint: "they mean the same; keep one of them",
    });
  }
}

/**
 * Reads a row by our fields. One `'` is taken off that a spreadsheet, or we when we wrote `rejected.csv`, put before a digit or
 * the beginning of a formula.
 */
export function fieldReader<Field extends string>(
  values: Readonly<Record<string, unknown>>,
  columns: Columns<Field>,
): (field: Field) => Read {
  return (field) => {
    const column = columns.names.get(field);
    if (column === undefined) return { value: undefined, path: field };
    const value = values[column];
    return {
      value: typeof value === "string" ? value.replace(/^(\s*)'(?=[=+\-@\t\r\d])/, "$1") : value,
      path: column,
    };
  };
}
