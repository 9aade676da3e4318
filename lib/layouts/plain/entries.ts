import { cleanText } from "#lib/fields/clean-text.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { secretColumnNamesOfPeople } from "#lib/layouts/column-names.ts";
import { cell, withoutApostrophe, type Columns } from "#lib/layouts/columns.ts";
import type { Entry, UploadKindName } from "#lib/layouts/layout.ts";
import { customField, type Target } from "./names.ts";

type Values = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Read>>;

/** The fields of a person that a secret names its owner by. */
const identities = new Set<string>(["externalId", "email", "phone", "phoneCountryCode", "username"]);
/** An apostrophe belongs to a password. */
const asWritten = new Set<string>(["password", "passwordHash", "salt"]);

/** What a row brings: of a file of secrets one secret, of a file of people a person, and a secret where a cell of one is filled. */
export function entriesOf(kind: UploadKindName, values: Values, columns: Columns<Target>): readonly Entry[] {
  const fields = fieldsOf(values, columns);
  const [ambiguous] = columns.ambiguous;
  const problems: readonly RowProblem[] =
    ambiguous === undefined ? [] : [{ column: ambiguous, code: "columns-ambiguous" }];
  const told = (more: readonly RowProblem[] = []) =>
    problems.length + more.length > 0 && { problems: [...problems, ...more] };

  if (kind === "otp") return [{ kind: "secret", fields, ...told() }];
  const isOfSecret = (name: string) => Object.hasOwn(secretColumnNamesOfPeople, name);
  const person: Entry = {
    kind: "person",
    fields: only(fields, (name) => !isOfSecret(name)),
    ...told(passwordTwice(fields)),
  };
  if (isEmpty(fields["secret"]?.value) && isEmpty(fields["recoveryCode"]?.value)) return [person];
  return [
    person,
    {
      kind: "secret",
      part: "secret",
      fields: only(
        fields,
        (name) =>
          identities.has(name) || (isOfSecret(name) && (name !== "type" || isTokenType(fields[name]))),
      ),
      ...told(),
    },
  ];
}

/** Whether the `type` in a row of people is that of its secret; most often it is a type of employees, which refuses no secret. */
function isTokenType(read: Read | undefined): boolean {
  return /otp|ocra|steam|yubi/.test(plainWord(read?.value));
}

function only(fields: Fields, isWanted: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isWanted(name)));
}

function fieldsOf(values: Values, columns: Columns<Target>): Fields {
  const fields: Record<string, Read> = {};
  const custom: [field: string, read: Read][] = [];
  for (const [field, path] of columns.names) {
    const value = cell(values, path);
    if (field.startsWith(customField)) {
      custom.push([field.slice(customField.length), { value: withoutApostrophe(value), path }]);
    } else {
      fields[field] = { value: asWritten.has(field) ? value : withoutApostrophe(value), path };
    }
  }
  const customData = withCustom(fields["customData"], custom);
  return customData ? { ...fields, customData } : fields;
}

/** The custom data of a row: the object that a JSON row has, and the columns that the configuration makes custom fields of. */
function withCustom(own: Read | undefined, custom: readonly [field: string, read: Read][]): Read | undefined {
  const filled = custom.filter(([, { value }]) => !isEmpty(value));
  if (filled.length === 0) return own;
  const isObject = typeof own?.value === "object" && own.value !== null && !Array.isArray(own.value);
  // What is no object is refused, by its own name.
  if (!isObject && !isEmpty(own?.value)) return own;
  return {
    value: Object.fromEntries([
      ...(isObject ? Object.entries(own.value as object) : []),
      ...filled.map(([field, { value }]) => [field, typeof value === "string" ? cleanText(value) : value]),
    ]),
    path: [...(isObject ? [own.path] : []), ...filled.map(([, { path }]) => path)].join(", "),
  };
}

/** A password and a hash in one row: it would be a guess which of them the person signs in with. */
function passwordTwice({ password, passwordHash }: Fields): readonly RowProblem[] {
  return password && passwordHash && !isEmpty(password.value) && !isEmpty(passwordHash.value)
    ? [{ column: passwordHash.path, code: "password-and-hash" }]
    : [];
}
