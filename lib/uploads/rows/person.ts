import { readCreateUser } from "#lib/authing/dialect.ts";
import { personProblems } from "#lib/authing/rules.ts";
import type { Create } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { CreateUserInfoDto, CreateUserOptionsDto } from "#lib/contract/person.ts";
import { DepartmentIdType, PasswordEncryptType } from "#lib/contract/person.ts";
import { cleanText } from "#lib/fields/clean-text.ts";
import { birthdateOfFile, isFirstDayOfComputers } from "#lib/fields/date.ts";
import { departmentsOfFile, maxDepartments } from "#lib/fields/departments.ts";
import {
  assemble,
  email,
  encoded,
  flag,
  nothing,
  plainText,
  plainWord,
  refused,
  text,
  url,
  yesOrNo,
  type Encoded,
  type TextField,
} from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { gender, isGenderWord } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";
import { isStatusWord, writtenStatus } from "#lib/fields/status-words.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import type { EntryKindTranslator } from "./entry-kind.ts";
import { mendingReader, type MendingReader } from "./mending-reader.ts";
import { passwordOf } from "./password.ts";

const plainFields = [
  "nickname",
  "company",
  "country",
  "city",
  "address",
  "streetAddress",
  "locale",
  "zoneinfo",
  "region",
  "formatted",
  "browser",
  "device",
  "salt",
] as const satisfies readonly TextField[];

/** Text that spreadsheets take for numbers. */
const codeFields = [
  "postalCode",
  "identityNumber",
  "preferredUsername",
] as const satisfies readonly TextField[];

/** Fields that are not text: a JSON file has them in Authing's own shape, of either generation. */
const structuredFields = [
  "customData",
  "identities",
  "tenantIds",
  "departmentIds",
  "metadataSource",
] as const satisfies readonly (keyof CreateUserInfoDto)[];

/** A custom field of the user pool, to which the configuration maps a column. */
export type CustomDataField = `customData.${string}`;
type FieldOfPerson = PersonField | CustomDataField;
type ReadField = MendingReader<FieldOfPerson>["read"];

/**
 * A person to create: any fields of `personColumnNames`, the custom fields of `context.customData`, and at least one of email, phone and
 * username. Stricter than webhooks: a value that cannot be used rejects its row, with every reason, since the person who uploads a
 * file can correct it.
 */
export const translatePerson: EntryKindTranslator<FieldOfPerson, Create> = (written, context) => {
  const fields = mendingReader(written);
  const { read } = fields;
  const password = passwordOf(written("password"), written("passwordHash"));
  const genderRead = read("gender", "text");
  const departmentsRead = read("departments", "text");
  const departments = departmentsOfFile(departmentsRead, context.departments);
  const custom = customDataOf(read, Object.keys(context.customData));
  const { person, trail, dropped } = assemble([
    text("externalId", read("externalId", "identifier"), { maxLength: maxExternalIdLength }),
    text("username", read("username", "identifier"), { maxLength: 255 }),
    email(read("email", "identifier")),
    phone(read("phone", "phone"), context.region, read("phoneCountryCode", "text")),
    fullName({
      full: read("name", "name"),
      family: read("familyName", "part of a name"),
      given: read("givenName", "part of a name"),
      middle: read("middleName", "part of a name"),
    }),
    gender(genderRead),
    birthdateOfFile(read("birthdate", "text"), context.today),
    ...statusOf(read),
    flag("emailVerified", read("emailVerified", "text")),
    flag("phoneVerified", read("phoneVerified", "text")),
    url("photo", read("photo", "text")),
    url("profile", read("profile", "text")),
    url("website", read("website", "text")),
    ...plainFields.map((field) => text(field, read(field, "text"))),
    ...codeFields.map((field) => text(field, read(field, "code"))),
    province(read("province", "text")),
    password.encoded,
    ...structuredFields.map((field) => structured(field, written(field))),
    custom,
  ]);
  const { options, problems: optionProblems } = optionsOf(read, password.isHash);
  const idType = departmentIdTypeOf(read("departmentIdType", "text"), {
    ofMapped: departments.ids.length > 0 ? (context.departmentIdType ?? "department_id") : undefined,
    hasOwn: person.departmentIds !== undefined,
    configured: context.departmentIdType,
  });
  const problems: RowProblem[] = [
    ...fields.problems,
    ...dropped.map(({ path, problem }) => ({ column: path, code: problem })),
    ...optionProblems,
    ...idType.problems,
  ];
  const departmentIds = [...new Set([...(person.departmentIds ?? []), ...departments.ids])];
  const customData = { ...person.customData, ...custom.fields.customData };
  const complete: CreateUserInfoDto = {
    ...person,
    ...(departmentIds.length > 0 && { departmentIds: departmentIds.slice(0, maxDepartments) }),
    ...(Object.keys(customData).length > 0 && { customData }),
  };
  // A missing identifier is no second reason where the identifier itself was refused above.
  if (problems.length === 0) {
    problems.push(
      ...personProblems(complete).map(({ path, code }) => (path ? { column: path, code } : { code })),
    );
  }
  const { externalId } = person;
  if (problems.length > 0) return { change: undefined, externalId, problems, notes: [] };

  const unmapped = departments.notes.map((problem) => ({ path: departmentsRead.path, problem }));
  const passwordPath = password.encoded.path;
  const notes: RowProblem[] = [
    ...fields.notes,
    ...password.notes.map((code) => ({ column: passwordPath, code })),
    ...unmapped.map(({ path, problem }) => ({ column: path, code: problem })),
  ];
  if (!isEmpty(genderRead.value) && !isGenderWord(genderRead.value))
    notes.push({ column: genderRead.path, code: "gender-unknown" });
  if (isFirstDayOfComputers(person.birthdate))
    notes.push({ column: written("birthdate").path, code: "birthdate-is-default" });
  const allOptions: CreateUserOptionsDto = {
    ...options,
    ...(departmentIds.length > 0 && idType.type !== undefined && { departmentIdType: idType.type }),
  };
  return {
    change: {
      kind: "create",
      person: complete,
      ...(Object.keys(allOptions).length > 0 && { options: allOptions }),
      trail,
      ...(unmapped.length > 0 && { dropped: unmapped }),
    },
    problems,
    notes,
  };
};

/**
 * Whether the account is open, by a word, or by yes or no. Where a row says both, they must not contradict each other: a guess would open
 * an account that was closed.
 */
function statusOf(read: ReadField): Encoded[] {
  const said = [
    writtenStatus(read("status", "status")),
    switchedOn(read("accountEnabled", "status"), true),
    switchedOn(read("accountDisabled", "status"), false),
  ];
  const isOpen = said.filter(({ fields }) => fields.status === "Activated");
  const closed = said.find(({ fields }) => fields.status !== undefined && fields.status !== "Activated");
  if (isOpen.length > 0 && closed !== undefined)
    return [refused({ value: undefined, path: closed.path }, closed.rule, "status-contradictory")];
  return said;
}

function switchedOn(read: Read, meaningOfYes: boolean): Encoded {
  const rule = "yes-or-no";
  if (isEmpty(read.value)) return nothing(read, rule);
  const value = yesOrNo(read.value);
  if (value === undefined) return refused(read, rule, "flag-unknown");
  return encoded(read, rule, { status: value === meaningOfYes ? "Activated" : "Suspended" });
}

/** A column `state` holds provinces in one product and the state of the account in another. */
function province(read: Read): Encoded {
  return isStatusWord(read.value) ? refused(read, "trimmed", "province-is-status") : text("province", read);
}

/** Custom fields: numbers and truth values as they are, text without invisible characters. */
function customDataOf(read: ReadField, names: readonly string[]): Encoded {
  const rule = "custom field";
  const values: Record<string, string | number | boolean> = {};
  const paths: string[] = [];
  for (const name of names) {
    const { value, path } = read(`customData.${name}`, "text");
    if (isEmpty(value)) continue;
    const kept = typeof value === "boolean" || isExact(value) ? value : plainText(value);
    if (kept === undefined) return refused({ value, path }, rule, "custom-data-invalid");
    values[name] = typeof kept === "string" ? cleanText(kept) : kept;
    paths.push(path);
  }
  const all: Read = { value: undefined, path: paths.join(", ") };
  return paths.length === 0 ? nothing(all, rule) : encoded(all, rule, { customData: values });
}

/** Whether a number is one that a double holds as it was written. */
const isExact = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

/** Options of the batch that the row must be sent in. The older generation of Authing's API has them at each person. */
function optionsOf(
  read: ReadField,
  isHash: boolean,
): { options: CreateUserOptionsDto; problems: RowProblem[] } {
  const problems: RowProblem[] = [];
  const encryption = read("passwordEncryptType", "text");
  const encryptType = PasswordEncryptType.options.find((type) => type === plainWord(encryption.value));
  if (!isEmpty(encryption.value) && encryptType === undefined) {
    problems.push({ column: encryption.path, code: "password-encrypt-type-unknown" });
  }
  if (isHash && encryptType !== undefined && encryptType !== "none") {
    problems.push({ column: encryption.path, code: "password-hash-encrypted" });
  }
  const reset = read("resetPasswordOnFirstLogin", "text");
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

/** What the ids of departments are: the row says it of its own `departmentIds`, the configuration of those that it maps to. */
function departmentIdTypeOf(
  read: Read,
  {
    ofMapped,
    hasOwn,
    configured,
  }: { ofMapped: DepartmentIdType | undefined; hasOwn: boolean; configured: DepartmentIdType | undefined },
): { type: DepartmentIdType | undefined; problems: RowProblem[] } {
  if (isEmpty(read.value) || !hasOwn) return { type: configured, problems: [] };
  const type = DepartmentIdType.options.find((each) => each === plainWord(read.value));
  const refused = (code: "department-id-type-unknown" | "department-id-types-differ") => ({
    type,
    problems: [{ column: read.path, code }],
  });
  if (type === undefined) return refused("department-id-type-unknown");
  if (ofMapped !== undefined && ofMapped !== type) return refused("department-id-types-differ");
  return { type, problems: [] };
}

function structured(field: (typeof structuredFields)[number], read: Read): Encoded {
  const rule = "as written";
  if (isEmpty(read.value)) return nothing(read, rule);
  if (holdsRemovedMark(read.value)) return refused(read, rule, "value-removed");
  try {
    return encoded(read, rule, readCreateUser({ [field]: read.value }));
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return refused({ ...read, path: error.path ?? read.path }, rule, error.reason);
  }
}
