/**
 * Field → the names that products and spreadsheets give its column, as `normalizedName` writes them, in lists of equals: the best known
 * meaning first. Of two columns for one field, the one of the earlier list is read; two of one list are ambiguous. The field's own
 * name is always recognised: it is in the first list, unless it is written elsewhere.
 */
export type ColumnNames<Field extends string> = Readonly<Record<Field, readonly (readonly string[])[]>>;

// Names from the templates and exports of products, and of spreadsheets that people write. `id` is not among them: its meaning differs
// from product to product. Neither are land lines (座机, workPhone): a person cannot sign in with one.

export const personColumnNames = {
  // The id of the directory goes before the number of the employee: the directory's own events name people by it, and a person who
  // was loaded from a file is found again by it. DingTalk's template has both, 员工UserID and 工号.
  externalId: [
    ["外部id"],
    ["userid", "员工userid", "用户userid", "workerid", "localid", "sub"],
    [
      "employeenumber",
      "employeeno",
      "employeeid",
      "employeecode",
      "employee#",
      "empno",
      "empnum",
      "empid",
      "staffid",
      "staffno",
      "staffnumber",
      "personnelnumber",
      "工号",
      "员工工号",
      "员工编号",
      "员工号",
      "人员编号",
      "职工号",
      "学号",
    ],
  ],
  username: [
    ["用户名", "用户名称"],
    [
      "login",
      "loginname",
      "loginid",
      "account",
      "accountname",
      "cognito:username",
      "帐号",
      "账号",
      "登录名",
      "登录账号",
      "登录帐号",
    ],
    ["upn", "userprincipalname"],
    ["samaccountname"],
  ],
  name: [
    ["fullname", "姓名", "真实姓名", "员工姓名", "用户姓名"],
    ["displayname", "显示名", "显示名称", "名字"],
  ],
  familyName: [["lastname", "surname", "姓", "姓氏"]],
  givenName: [["firstname", "forename", "名"]],
  middleName: [["中间名"]],
  nickname: [["昵称"], ["alias", "别名", "花名"], ["preferredname"]],
  email: [
    [
      "workemail",
      "workemailaddress",
      "primaryworkemail",
      "businessemail",
      "companyemail",
      "corporateemail",
      "企业邮箱",
      "工作邮箱",
      "公司邮箱",
    ],
    [
      "email",
      "emailaddress",
      "mail",
      "useremail",
      "primaryemail",
      "primaryemailaddress",
      "邮箱",
      "邮箱地址",
      "邮箱账号",
      "电子邮箱",
      "电子邮件",
      "电邮",
    ],
    ["personalemail", "personalemailaddress", "privateemail", "homeemail", "个人邮箱", "私人邮箱"],
  ],
  phone: [
    [
      "mobile",
      "mobilephone",
      "mobileno",
      "mobilenumber",
      "mobilephonenumber",
      "cellphone",
      "cellphonenumber",
      "手机",
      "手机号",
      "手机号码",
      "移动电话",
      "联系手机",
    ],
    [
      "phone",
      "phonenumber",
      "primaryphone",
      "primaryphonenumber",
      "telephone",
      "telephonenumber",
      "电话",
      "电话号码",
      "联系电话",
    ],
  ],
  phoneCountryCode: [["countrycallingcode", "区号", "国家码", "国际区号", "手机区号", "国家区号"]],
  gender: [["sex", "性别"]],
  birthdate: [["dateofbirth", "dob", "birthday", "生日", "出生日期"]],
  departments: [
    ["departmentpath", "orgunitpath", "部门路径"],
    ["departments", "department", "departmentname", "dept", "部门", "所在部门", "所属部门", "部门名称"],
    ["groups"],
  ],
  // Equals, since one of them may close an account that the other leaves open.
  status: [
    [
      "accountstatus",
      "userstatus",
      "employmentstatus",
      "employeestatus",
      "workerstatus",
      "状态",
      "账号状态",
      "帐号状态",
      "账户状态",
      "员工状态",
      "在职状态",
    ],
  ],
  accountEnabled: [["enabled", "active", "isenabled", "isactive", "是否启用"]],
  accountDisabled: [
    [
      "disabled",
      "isdisabled",
      "blocked",
      "isblocked",
      "suspended",
      "账号是否被禁用",
      "帐号是否被禁用",
      "是否禁用",
      "是否停用",
    ],
  ],
  emailVerified: [["isemailverified", "邮箱是否验证", "邮箱已验证"]],
  phoneVerified: [
    ["phonenumberverified", "isphoneverified", "手机号是否验证", "手机是否验证", "手机号已验证"],
  ],
  photo: [["picture", "avatar", "photourl", "avatarurl", "imageurl", "头像"]],
  profile: [["profileurl"]],
  website: [["homepage", "个人网站"]],
  company: [
    ["companyname", "公司", "公司名称"],
    ["organization", "organisation"],
  ],
  country: [["国家", "国家/地区"], ["countrycode"]],
  province: [["state", "state/province", "省份", "省"]],
  city: [["locality", "城市"]],
  address: [["postaladdress", "地址", "联系地址", "详细地址"]],
  streetAddress: [["street", "address1", "街道", "街道地址"]],
  postalCode: [["zip", "zipcode", "postcode", "邮编", "邮政编码"]],
  preferredUsername: [],
  locale: [["语言"], ["language", "preferredlanguage"]],
  zoneinfo: [["timezone", "时区"]],
  region: [["地区"]],
  formatted: [],
  identityNumber: [["身份证号", "身份证号码"]],
  browser: [],
  device: [],
  password: [["密码", "初始密码", "initialpassword"]],
  passwordHash: [["passworddigest", "encryptedpassword", "hashedpassword", "密码哈希"]],
  salt: [["passwordsalt"]],
  passwordEncryptType: [],
  resetPasswordOnFirstLogin: [
    ["resetpasswordonfisrtlogin", "changepasswordatnextsignin", "mustchangepassword"],
  ],
  // Structured values: only a JSON file can hold them.
  customData: [],
  identities: [],
  tenantIds: [],
  departmentIds: [],
  departmentIdType: [],
  metadataSource: [],
} as const satisfies ColumnNames<string>;
export type PersonField = keyof typeof personColumnNames;

const recoveryCode = [
  ["otprecoverycode", "totprecoverycode", "恢复码"],
  ["recoverycodes", "otprecoverycodes", "backupcode", "backupcodes", "备用码"],
] as const;

/** In a file of secrets. `userId` is Authing's own id of the person there. */
export const secretColumnNames = {
  userId: [["authinguserid", "用户id"]],
  externalId: [["外部id"], ["员工userid", "workerid"], personColumnNames.externalId[2]],
  email: personColumnNames.email,
  phone: personColumnNames.phone,
  phoneCountryCode: personColumnNames.phoneCountryCode,
  username: personColumnNames.username,
  // A URI goes first: it holds the settings, which are checked.
  secret: [
    ["otpauth", "otpauthuri", "otpauthurl", "otpuri", "otpurl", "totpuri", "totpurl"],
    [
      "secret",
      "secretkey",
      "totpsecret",
      "otpsecret",
      "mfasecret",
      "密钥",
      "totp密钥",
      "otp密钥",
      "mfa密钥",
      "动态口令密钥",
    ],
    ["totp", "otp", "uri", "url", "seed", "种子"],
  ],
  recoveryCode,
  algorithm: [
    ["otpalgorithm", "totpalgorithm"],
    ["algorithm", "algo", "hashalgorithm", "hashfunction", "算法"],
  ],
  digits: [
    ["otpdigits", "totpdigits"],
    ["digits", "otplength", "codelength", "位数"],
  ],
  period: [
    ["otpperiod", "totpperiod"],
    ["period", "interval", "timeinterval", "timeintervalinseconds", "timestep", "step", "timer", "周期"],
  ],
  type: [
    ["otptype", "totptype"],
    ["type", "tokentype"],
    ["subtype", "kind", "类型"],
  ],
  counter: [["otpcounter", "counter", "movingfactor", "计数器"]],
} as const satisfies ColumnNames<string>;
export type SecretField = keyof typeof secretColumnNames;

/**
 * Names of secrets' columns in a file of people, where `url`, `uri` and `seed` mean other things. What describes a secret is read where
 * there is a column of secrets, by every name: a setting that nothing checks would lock people out.
 */
export const secretColumnNamesOfPeople = {
  secret: [
    secretColumnNames.secret[0],
    [
      "secret",
      "secretkey",
      "totpsecret",
      "otpsecret",
      "mfasecret",
      "密钥",
      "totp密钥",
      "otp密钥",
      "mfa密钥",
      "动态口令密钥",
    ],
    ["totp", "otp"],
  ],
  recoveryCode,
  algorithm: secretColumnNames.algorithm,
  digits: secretColumnNames.digits,
  period: secretColumnNames.period,
  type: secretColumnNames.type,
  counter: secretColumnNames.counter,
} as const satisfies ColumnNames<string>;
