import { personProblems } from "#lib/authing/rules.ts";
import type { Create } from "#lib/contract/change.ts";
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
import { mendingReader } from "./mending-reader.ts";
import { passwordOf } from "./password.ts";
import {
  customDataOf,
  province,
  statusReader,
  structured,
  structuredFields,
  type FieldOfPerson,
} from "./person-fields.ts";
import { departmentIdTypeOf, optionsOf } from "./person-options.ts";

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
  const statusOf = statusReader(read);
  const customFields = Object.keys(context.customData);

  const addText = (field: TextField & FieldOfPerson, kind: ValueKind, maxLength?: number) => {
    const { value, path } = read(field, kind);
    if (isEmpty(value)) return;
    const { text, problem } = writtenText(field, value, maxLength);
    if (problem === undefined) made.set(field, text, path, textRule);
    else made.drop(path, `text-${problem}`);
  };
  // An encoder takes what is empty for nothing, as most of the fifty fields are.
  const add = (value: Read, encode: (value: Read) => Encoded) => {
    if (!isEmpty(value.value)) made.add(encode(value));
  };

  return (entry) => {
    fields.begin(entry);
    const password = passwordOf(written("password"), written("passwordHash"));
    const genderRead = read("gender", "text");
    const departmentsRead = read("departments", "text");
    const departments = departmentsIn(departmentsRead);
    const custom = customDataOf(read, customFields);

    addText("externalId", "identifier", maxExternalIdLength);
    addText("username", "identifier", 255);
    add(read("email", "identifier"), email);
    made.add(phone(read("phone", "phone"), context.region, read("phoneCountryCode", "text")));
    made.add(
      fullName({
        full: read("name", "name"),
        family: read("familyName", "part of a name"),
        given: read("givenName", "part of a name"),
        middle: read("middleName", "part of a name"),
      }),
    );
    const { encoded: saidGender, isWord: isGender } = genderIn(genderRead);
    made.add(saidGender);
    add(read("birthdate", "text"), birthdateIn);
    for (const said of statusOf()) made.add(said);
    for (const field of flagFields) add(read(field, "text"), flagsIn[field]);
    for (const field of urlFields) add(read(field, "text"), urlsIn[field]);
    for (const field of plainFields) addText(field, "text");
    for (const field of codeFields) addText(field, "code");
    add(read("province", "text"), provinceIn);
    made.add(password.encoded);
    for (const field of structuredFields) add(written(field), (value) => structured(field, value));
    made.add(custom);
    const { person, trail, dropped } = made.end();

    const { options, problems: optionProblems } = optionsOf(read, password.isHash);
    const idType = departmentIdTypeOf(read("departmentIdType", "text"), {
      ofMapped: departments.ids.length > 0 ? (context.departmentIdType ?? "department_id") : undefined,
      hasOwn: person.departmentIds !== undefined,
      configured: context.departmentIdType,
    });
    const complete = completed(person, departments.ids, custom);
    const problems: RowProblem[] = [
      ...fields.problems(),
      ...dropped.map(({ path, problem }) => ({ column: path, code: problem })),
      ...optionProblems,
      ...idType.problems,
    ];
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
      ...fields.notes(),
      ...password.notes.map((code) => ({ column: passwordPath, code })),
      ...unmapped.map(({ path, problem }) => ({ column: path, code: problem })),
    ];
    if (!isGender) notes.push({ column: genderRead.path, code: "gender-unknown" });
    if (isFirstDayOfComputers(person.birthdate))
      notes.push({ column: written("birthdate").path, code: "birthdate-is-default" });
    const hasDepartments = (complete.departmentIds?.length ?? 0) > 0;
    const allOptions: CreateUserOptionsDto =
      hasDepartments && idType.type !== undefined ? { ...options, departmentIdType: idType.type } : options;
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
};

/** What the columns of words of a file mean: each column has few of them. */
function columnsOf({ departments, today }: RowContext) {
  const flagOf = (field: (typeof flagFields)[number]) => remembered((read) => flag(field, read));
  const urlOf = (field: (typeof urlFields)[number]) => remembered((read) => url(field, read));
  return {
    departmentsIn: remembered((read) => departmentsOfFile(read, departments)),
    genderIn: remembered((read) => ({
      encoded: gender(read),
      isWord: isEmpty(read.value) || isGenderWord(read.value),
    })),
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
  custom: Encoded,
): CreateUserInfoDto {
  if (mapped.length === 0 && person.departmentIds === undefined && person.customData === undefined)
    return person;
  const departmentIds = [...new Set([...(person.departmentIds ?? []), ...mapped])];
  const customData = { ...person.customData, ...custom.fields.customData };
  return {
    ...person,
    ...(departmentIds.length > 0 && { departmentIds: departmentIds.slice(0, maxDepartments) }),
    ...(Object.keys(customData).length > 0 && { customData }),
  };
}
