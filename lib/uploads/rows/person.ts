import { personProblems } from "#lib/authing/rules.ts";
import type { Create, Dropped, Trail } from "#lib/contract/change.ts";
import type { CreateUserInfoDto, CreateUserOptionsDto } from "#lib/contract/person.ts";
import type { RowContext } from "#lib/contract/source.ts";
import { assembly } from "#lib/fields/assembly.ts";
import type { ValueKind } from "#lib/fields/damage.ts";
import { birthdateOfFile, isFirstDayOfComputers } from "#lib/fields/date.ts";
import { departmentsOfFile, maxDepartments } from "#lib/fields/departments.ts";
import { email, flag, textRule, url, writtenText, type Encoded, type TextField } from "#lib/fields/encode.ts";
import { maxExternalIdLength } from "#lib/fields/external-id.ts";
import { gender, isGenderWord } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { remembered } from "#lib/fields/remembered.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { EntryKindTranslator } from "./entry-kind.ts";
import { mendingReader, type MendingReader } from "./mending-reader.ts";
import { passwordOf, type Password } from "./password.ts";
import {
  customDataOf,
  province,
  statusStep,
  structured,
  structuredFields,
  type FieldOfPerson,
} from "./person-fields.ts";
import { noOptions, optionsOf, withIdType, type Options } from "./person-options.ts";
import { stepsByFields, type Step } from "./steps.ts";

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

const flagFields = ["emailVerified", "phoneVerified"] as const;
const urlFields = ["photo", "profile", "website"] as const;

/**
 * A person to create: any fields of `personColumnNames`, the custom fields of `context.customData`, and at least one of email, phone and
 * username. Stricter than webhooks: a value that cannot be used rejects its row, with every reason, since the person who uploads a
 * file can correct it.
 */
export const personTranslator: EntryKindTranslator<Create> = (context) => {
  const fields = mendingReader<FieldOfPerson>();
  const { read, written } = fields;
  const made = assembly();
  const { departmentsIn, genderIn, birthdateIn, flagsIn, urlsIn, provinceIn } = columnsOf(context);
  const customNames = Object.keys(context.customData);
  const customFields = customNames.map((name) => `customData.${name}` as const);

  let work = begun();

  const encodedBy = (field: FieldOfPerson, kind: ValueKind, encode: (value: Read) => Encoded): Step => ({
    fields: [field],
    take() {
      const value = read(field, kind);
      if (!isEmpty(value.value)) made.add(encode(value));
    },
  });
  const text = (field: TextField & FieldOfPerson, kind: ValueKind, maxLength?: number): Step => ({
    fields: [field],
    take() {
      const { value, path } = read(field, kind);
      if (isEmpty(value)) return;
      const { text: meant, problem } = writtenText(field, value, maxLength);
      if (problem === undefined) made.set(field, meant, path, textRule);
      else made.drop(path, `text-${problem}`);
    },
  });
  const stepsFor = stepsByFields([
    {
      fields: ["password", "passwordHash"],
      take: () => void (work.password = passwordOf(written("password"), written("passwordHash"))),
    },
    { fields: ["gender"], take: () => void read("gender", "text") },
    {
      fields: ["departments"],
      take: () => void (work.departments = departmentsIn(read("departments", "text"))),
    },
    { fields: customFields, take: () => void (work.custom = customDataOf(read, customNames)) },
    text("externalId", "identifier", maxExternalIdLength),
    text("username", "identifier", 255),
    encodedBy("email", "identifier", email),
    {
      fields: ["phone", "phoneCountryCode"],
      take: () => made.add(phone(read("phone", "phone"), context.region, read("phoneCountryCode", "text"))),
    },
    { fields: ["name", "familyName", "givenName", "middleName"], take: () => made.add(nameOf(read)) },
    {
      fields: ["gender"],
      take() {
        const value = read("gender", "text");
        if (isEmpty(value.value)) return;
        const { encoded, isWord } = genderIn(value);
        made.add(encoded);
        if (!isWord) work.unknownGender = value;
      },
    },
    encodedBy("birthdate", "text", birthdateIn),
    statusStep(read, made),
    ...flagFields.map((field) => encodedBy(field, "text", flagsIn[field])),
    ...urlFields.map((field) => encodedBy(field, "text", urlsIn[field])),
    ...plainFields.map((field) => text(field, "text")),
    ...codeFields.map((field) => text(field, "code")),
    encodedBy("province", "text", provinceIn),
    { fields: ["password", "passwordHash"], take: () => made.add(work.password.encoded) },
    ...structuredFields.map((field) => ({
      fields: [field],
      take: () => made.add(structured(field, written(field))),
    })),
    { fields: customFields, take: () => work.custom && made.add(work.custom) },
    {
      fields: ["passwordHash", "passwordEncryptType", "resetPasswordOnFirstLogin"],
      take: () => void (work.options = optionsOf(read, work.password.isHash)),
    },
    { fields: ["departmentIdType"], take: () => void (work.idType = read("departmentIdType", "text")) },
  ]);

  return (entry) => {
    fields.begin(entry);
    made.begin();
    work = begun();
    for (const { take } of stepsFor(entry)) take();
    const { password, departments, unknownGender } = work;
    const { person: own, trail, dropped } = made.end();
    const person = completed(own, departments.ids, work.custom);
    const ofBatch = withIdType(work.options, person, {
      read: work.idType,
      ofMapped: departments.ids.length > 0 ? (context.departmentIdType ?? "department_id") : undefined,
      hasOwn: own.departmentIds !== undefined,
      configured: context.departmentIdType,
    });
    const problems = problemsOf(fields.problems(), dropped, ofBatch.problems, person);
    if (problems.length > 0) return { change: undefined, externalId: person.externalId, problems, notes: [] };
    const unmapped =
      departments.notes.length > 0 ? unmappedIn(read("departments", "text"), departments.notes) : noneDropped;
    const notes: RowProblem[] = [...fields.notes()];
    for (const code of password.notes) notes.push({ column: password.encoded.path, code });
    for (const { path, problem } of unmapped) notes.push({ column: path, code: problem });
    if (unknownGender) notes.push({ column: unknownGender.path, code: "gender-unknown" });
    if (isFirstDayOfComputers(person.birthdate))
      notes.push({ column: written("birthdate").path, code: "birthdate-is-default" });
    return { change: createOf(person, ofBatch.options, trail, unmapped), problems, notes };
  };
};

/** What the steps have found in the entry in work. */
interface Work {
  password: Password;
  departments: ReturnType<typeof departmentsOfFile>;
  custom: Encoded | undefined;
  /** A gender that is no known word. */
  unknownGender: Read | undefined;
  options: Options;
  /** What the ids of departments are. */
  idType: Read | undefined;
}

const begun = (): Work => ({
  password: noPassword,
  departments: noDepartments,
  custom: undefined,
  unknownGender: undefined,
  options: noOptions,
  idType: undefined,
});

const noPassword: Password = {
  encoded: { fields: {}, path: "", rule: "" },
  isHash: false,
  notes: [],
};
const noDepartments: Work["departments"] = { ids: [], notes: [] };
const noneDropped: readonly Dropped[] = [];

function nameOf(read: MendingReader<FieldOfPerson>["read"]): Encoded {
  const full = read("name", "name");
  const family = read("familyName", "part of a name");
  const given = read("givenName", "part of a name");
  const middle = read("middleName", "part of a name");
  return fullName({ full, family, given, middle });
}

const unmappedIn = ({ path }: Read, codes: readonly string[]): readonly Dropped[] =>
  codes.map((problem) => ({ path, problem }));

/** Every reason why the person is not brought. */
function problemsOf(
  ofFile: readonly RowProblem[],
  dropped: readonly Dropped[],
  ofOptions: readonly RowProblem[],
  person: CreateUserInfoDto,
): readonly RowProblem[] {
  if (ofFile.length > 0 || dropped.length > 0 || ofOptions.length > 0) {
    const ofValues = dropped.map(({ path, problem }): RowProblem => ({ column: path, code: problem }));
    return [...ofFile, ...ofValues, ...ofOptions];
  }
  // A missing identifier is no second reason where the identifier itself was refused above.
  const problems = personProblems(person);
  return problems.length === 0
    ? ofFile
    : problems.map(({ path, code }) => (path ? { column: path, code } : { code }));
}

function createOf(
  person: CreateUserInfoDto,
  options: CreateUserOptionsDto,
  trail: Trail,
  dropped: readonly Dropped[],
): Create {
  if (options === noOptions.options && dropped.length === 0) return { kind: "create", person, trail };
  return {
    kind: "create",
    person,
    ...(Object.keys(options).length > 0 && { options }),
    trail,
    ...(dropped.length > 0 && { dropped }),
  };
}

/** What the columns of words of a file mean: each column has few of them. */
function columnsOf({ departments, today }: RowContext) {
  const flagOf = (field: (typeof flagFields)[number]) => remembered((read) => flag(field, read));
  const urlOf = (field: (typeof urlFields)[number]) => remembered((read) => url(field, read));
  return {
    departmentsIn: remembered((read) => departmentsOfFile(read, departments)),
    genderIn: remembered((read) => ({ encoded: gender(read), isWord: isGenderWord(read.value) })),
    birthdateIn: remembered((read) => birthdateOfFile(read, today)),
    flagsIn: { emailVerified: flagOf("emailVerified"), phoneVerified: flagOf("phoneVerified") },
    urlsIn: { photo: urlOf("photo"), profile: urlOf("profile"), website: urlOf("website") },
    provinceIn: remembered(province),
  };
}

/** The person with all departments and custom fields, of which a row may have those of Authing's shape, and those that the configuration maps. */
function completed(
  person: Partial<CreateUserInfoDto>,
  mapped: readonly string[],
  custom: Encoded | undefined,
): CreateUserInfoDto {
  if (mapped.length === 0 && person.departmentIds === undefined && person.customData === undefined)
    return person;
  const departmentIds = [...new Set([...(person.departmentIds ?? []), ...mapped])];
  const customData = { ...person.customData, ...custom?.fields.customData };
  return {
    ...person,
    ...(departmentIds.length > 0 && { departmentIds: departmentIds.slice(0, maxDepartments) }),
    ...(Object.keys(customData).length > 0 && { customData }),
  };
}
