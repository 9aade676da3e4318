import { readCreateUser } from "#lib/authing/dialect.ts";
import type { CreateUserInfoDto, CreateUserOptionsDto } from "#lib/contract/person.ts";
import { PasswordEncryptType } from "#lib/contract/person.ts";
import { personProblems } from "#lib/authing/rules.ts";
import { birthdate } from "#lib/fields/date.ts";
import {
  assemble,
  email,
  encoded,
  flag,
  nothing,
  plainWord,
  refused,
  status,
  text,
  url,
  yesOrNo,
  type Encoded,
  type TextField,
} from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Create } from "#lib/contract/change.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import { readSecret } from "./totp-secret.ts";
import type { EntryKindTranslator, FieldReader } from "./entry-kind.ts";

const plainFields = [
  "nickname",
  "company",
  "country",
  "province",
  "city",
  "address",
  "streetAddress",
  "postalCode",
  "preferredUsername",
  "locale",
  "zoneinfo",
  "region",
  "formatted",
  "identityNumber",
  "browser",
  "device",
  "salt",
] as const satisfies readonly TextField[];

/** Fields that are not text: a JSON file has them in Authing's own shape, of either generation. */
const structuredFields = [
  "customData",
  "identities",
  "tenantIds",
  "departmentIds",
  "otp",
  "metadataSource",
] as const satisfies readonly (keyof CreateUserInfoDto)[];

const statuses = {
  activated: "Activated",
  active: "Activated",
  enabled: "Activated",
  正常: "Activated",
  启用: "Activated",
  在职: "Activated",
  suspended: "Suspended",
  inactive: "Suspended",
  disabled: "Suspended",
  blocked: "Suspended",
  禁用: "Suspended",
  停用: "Suspended",
  deactivated: "Deactivated",
  resigned: "Resigned",
  terminated: "Resigned",
  离职: "Resigned",
  已离职: "Resigned",
  archived: "Archived",
  归档: "Archived",
} as const;

/**
 * A person to create: any fields of `personColumnNames`, and at least one of email, phone and username. Stricter than webhooks: a value
 * that cannot be used rejects its row, with every reason, since the person who uploads a file can correct it.
 */
export const translatePerson: EntryKindTranslator<PersonField, Create> = (read, { region }) => {
  const password = passwordOf(read("password"), read("passwordHash"));
  const { person, trail, dropped } = assemble([
    text("externalId", read("externalId"), { maxLength: maxExternalIdLength }),
    text("username", read("username"), { maxLength: 255 }),
    email(read("email")),
    phone(read("phone"), region, read("phoneCountryCode")),
    fullName({
      full: read("name"),
      family: read("familyName"),
      given: read("givenName"),
      middle: read("middleName"),
    }),
    gender(read("gender")),
    birthdate(read("birthdate")),
    status(read("status"), statuses),
    switchedOn(read("accountEnabled"), true),
    switchedOn(read("accountDisabled"), false),
    flag("emailVerified", read("emailVerified")),
    flag("phoneVerified", read("phoneVerified")),
    url("photo", read("photo")),
    url("profile", read("profile")),
    url("website", read("website")),
    ...plainFields.map((field) => text(field, read(field))),
    password.encoded,
    ...structuredFields.map((field) => structured(field, read(field))),
  ]);
  const { options, problems: optionProblems } = optionsOf(read, password.isHash);
  const problems: RowProblem[] = [
    ...dropped.map(({ path, problem }) => ({ column: path, code: problem })),
    ...optionProblems,
  ];
  const secret = person.otp && readSecret(person.otp.secret);
  problems.push(...(secret?.problems ?? []).map((code) => ({ column: read("otp").path, code })));
  const complete: CreateUserInfoDto = {
    ...person,
    ...(person.otp && secret?.base32 !== undefined && { otp: { ...person.otp, secret: secret.base32 } }),
  };
  // A missing identifier is no second reason where the identifier itself was refused above.
  if (problems.length === 0) {
    problems.push(
      ...personProblems(complete).map(({ path, code }) => (path ? { column: path, code } : { code })),
    );
  }
  const { externalId } = person;
  if (problems.length > 0) return { change: undefined, externalId, problems, notes: [] };

  const departments = read("departments");
  return {
    change: {
      kind: "create",
      person: complete,
      ...(Object.keys(options).length > 0 && { options }),
      trail,
      ...(!isEmpty(departments.value) && {
        // The configuration maps ids of departments, and files hold names.
        dropped: [{ path: departments.path, problem: "department-unmapped" }],
      }),
    },
    problems,
    notes: (secret?.notes ?? []).map((code) => ({ column: read("otp").path, code })),
  };
};

function switchedOn(read: Read, meaningOfYes: boolean): Encoded {
  const rule = "yes-or-no";
  if (isEmpty(read.value)) return nothing(read, rule);
  const value = yesOrNo(read.value);
  if (value === undefined) return refused(read, rule, "flag-unknown");
  return encoded(read, rule, { status: value === meaningOfYes ? "Activated" : "Suspended" });
}

/** Hashes that state their own algorithm, so that a password script needs nothing else to compare with them. */
const selfDescribingHash = /^(?:\$[a-z0-9-]+\$|\{[A-Z0-9]+\}|pbkdf2_)/;
/** Digests of MD5, SHA-1, SHA-256 and SHA-512 in hexadecimal. */
const bareDigest = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i;
const maxPasswordLength = 1024;

/**
 * A hash that Authing takes for a password would become the password; a password that it takes for a hash would be stored in
 * plain text. So the column states which of the two it holds, and a value that looks like the other one is refused.
 */
function passwordOf(plain: Read, hash: Read): { encoded: Encoded; isHash: boolean } {
  const isHash = !isEmpty(hash.value);
  const read = isHash ? hash : plain;
  const rule = isHash ? "hash, kept" : "as written";
  const outcome = (problem?: string) => ({
    encoded:
      problem === undefined
        ? encoded(read, rule, { password: read.value as string })
        : refused(read, rule, problem),
    isHash,
  });
  if (isEmpty(read.value)) return { encoded: nothing(read, rule), isHash };
  if (typeof read.value !== "string" || read.value.length > maxPasswordLength)
    return outcome("password-invalid");
  // Exports mask passwords like this.
  if (/^\*{3,}$/.test(read.value)) return outcome("password-masked");
  if (isHash) return outcome(selfDescribingHash.test(read.value) ? undefined : "password-hash-unknown");
  const looksHashed = selfDescribingHash.test(read.value) || bareDigest.test(read.value);
  return outcome(looksHashed ? "password-looks-hashed" : undefined);
}

/** Options of the batch that the row must be sent in. The older generation of Authing's API has them at each person. */
function optionsOf(
  read: FieldReader<PersonField>,
  isHash: boolean,
): { options: CreateUserOptionsDto; problems: RowProblem[] } {
  const problems: RowProblem[] = [];
  const encryption = read("passwordEncryptType");
  const encryptType = PasswordEncryptType.options.find((type) => type === plainWord(encryption.value));
  if (!isEmpty(encryption.value) && encryptType === undefined) {
    problems.push({ column: encryption.path, code: "password-encrypt-type-unknown" });
  }
  if (isHash && encryptType !== undefined && encryptType !== "none") {
    problems.push({ column: encryption.path, code: "password-hash-encrypted" });
  }
  const reset = read("resetPasswordOnFirstLogin");
  const resets = isEmpty(reset.value) ? false : yesOrNo(reset.value);
  if (resets === undefined) problems.push({ column: reset.path, code: "flag-unknown" });
  return {
    options: {
      ...(isHash && { keepPassword: true }),
      ...(encryptType !== undefined && encryptType !== "none" && { passwordEncryptType: encryptType }),
      ...(resets === true && { resetPasswordOnFirstLogin: true }),
    },
    problems,
  };
}

function structured(field: (typeof structuredFields)[number], read: Read): Encoded {
  const rule = "as written";
  if (isEmpty(read.value)) return nothing(read, rule);
  try {
    return encoded(read, rule, readCreateUser({ [field]: read.value }));
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return refused({ ...read, path: error.path ?? read.path }, rule, error.reason);
  }
}
