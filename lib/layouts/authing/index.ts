import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { note } from "#lib/layouts/choices.ts";
import { personColumnNames } from "#lib/layouts/column-names.ts";
import { factor, hasOneOf, productLayout } from "#lib/layouts/product.ts";
import {
  inside,
  isObject,
  present,
  readFields,
  saysYes,
  type Fields,
  type Paths,
} from "#lib/layouts/record.ts";

/** Fields of CreateUserInfoDto have the names of ours, but for one that the API spells in its own way. */
const fields: Paths = {
  ...Object.fromEntries(
    Object.keys(personColumnNames)
      .filter((name) => name !== "otp")
      .map((name) => [name, name]),
  ),
  resetPasswordOnFirstLogin: ["resetPasswordOnFirstLogin", "resetPasswordOnFisrtLogin"],
};

/**
 * Authing's own shapes: the bodies of create-users-batch and import-otp (`{"list": […]}`), single elements of them, and the JSON of its guide
 * for migrations, `[{uid, nickname, account_id, mail, password, …}]`, whose passwords are bcrypt hashes.
 */
export default productLayout({
  name: "authing",
  title: "Authing request bodies and migration JSON",
  lists: ["list", "[]"],
  around: { names: ["options"], into: withOptions },
  recognizes: (sample) =>
    isMigration(sample.values ?? {}) ||
    // A person of a batch, as results have it.
    hasOneOf(sample, "keepPassword") ||
    hasOption(sample.values?.["options"]) ||
    (isObject(sample.values?.["otp"]) && hasOneOf(sample, "userId")) ||
    (sample.list === "list" && hasOneOf(sample, "userId", "externalId", "email", "phone", "username")),
  knows: [
    ...Object.values(fields).flat(),
    "userId",
    "otp",
    "uid",
    "account_id",
    "mail",
    "loginsCount",
    "keepPassword",
    "options",
  ],
  person: (record) => {
    if (isMigration(record.value)) {
      return {
        fields: readFields(record, {
          externalId: "uid",
          nickname: "nickname",
          username: "account_id",
          email: "mail",
          emailVerified: "emailVerified",
          phone: "phone",
          passwordHash: "password",
        }),
      };
    }
    // An element of import-otp, which knows people by Authing's own id.
    if (!isEmpty(inside(record, "userId").value)) return undefined;
    return { fields: withKeptPassword(record), problems: unsupportedOptions(record) };
  },
  identities: (record) =>
    readFields(
      record,
      isMigration(record.value)
        ? { externalId: "uid", username: "account_id", email: "mail", phone: "phone" }
        : {
            userId: "userId",
            externalId: "externalId",
            email: "email",
            phone: "phone",
            username: "username",
          },
    ),
  factors: (record) => {
    const secret = inside(record, "otp.secret");
    if (isEmpty(secret.value)) return [];
    return [factor(present({ secret, recoveryCode: inside(record, "otp.recoveryCode") }))];
  },
});

const hasOption = (options: unknown) =>
  isObject(options) &&
  ["autoGeneratePassword", "sendNotification"].some((name) => Object.hasOwn(options, name));

/** Options of a batch that a person of it can have alone. */
const optionsOfPerson = new Set([
  "keepPassword",
  "passwordEncryptType",
  "resetPasswordOnFirstLogin",
  "resetPasswordOnFisrtLogin",
  "departmentIdType",
]);

/** A person of a batch with its options: what the record says itself stays, and what no person can have alone remains in `options`. */
function withOptions(
  values: Readonly<Record<string, unknown>>,
  { options }: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (isEmpty(options)) return values;
  if (!isObject(options)) return { options, ...values };
  const all = Object.entries(options).filter(([, value]) => !isEmpty(value));
  const resets = ["resetPasswordOnFirstLogin", "resetPasswordOnFisrtLogin"];
  const isSaid = (name: string) =>
    (resets.includes(name) ? resets : [name]).some((each) => !isEmpty(values[each]));
  const own = all.filter(([name]) => optionsOfPerson.has(name) && !isSaid(name));
  const others = all.filter(([name]) => !optionsOfPerson.has(name));
  return {
    ...values,
    ...Object.fromEntries(own),
    ...(others.length > 0 && { options: Object.fromEntries(others) }),
  };
}

/** `keepPassword` says that the password is a hash. */
function withKeptPassword(record: Read): Fields {
  const { password, ...others } = readFields(record, fields);
  if (password === undefined) return others;
  return saysYes(inside(record, "keepPassword"))
    ? { ...others, passwordHash: password }
    : { ...others, password };
}

/** Passwords that Authing makes, and messages to the people: an import does not ask for them. */
function unsupportedOptions(record: Read): readonly RowProblem[] {
  const options = inside(record, "options");
  if (isEmpty(options.value)) return [];
  if (!isObject(options.value)) return [note("options-unsupported", options)];
  return Object.keys(options.value)
    .map((name) => inside(options, [name]))
    .filter(({ value }) => asksForSomething(value))
    .map((option) => note("options-unsupported", option));
}

function asksForSomething(value: unknown): boolean {
  if (isObject(value))
    return Object.values(value).some((inner) => inner !== undefined && asksForSomething(inner));
  return !isEmpty(value) && value !== false;
}

function isMigration(values: unknown): boolean {
  return (
    isObject(values) &&
    Object.hasOwn(values, "uid") &&
    ["account_id", "loginsCount"].some((name) => Object.hasOwn(values, name))
  );
}
