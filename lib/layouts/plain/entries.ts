import { isEmpty, type Read } from "#lib/fields/read.ts";
import { recordMaker } from "#lib/fields/record-maker.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { cellOf, isTokenType, type Columns } from "#lib/layouts/columns.ts";
import { customField, isOfSecretOnly, withCustomFields, type Target } from "#lib/layouts/configured.ts";
import { isIdentity, type Entry, type UploadKindName } from "#lib/layouts/layout.ts";

type Values = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Read>>;

type EntriesReader = (values: Values) => readonly Entry[];

/** Readers by what they read: the chunks of a file have one. */
const readers = new Map<string, EntriesReader>();
const mostKept = 64;
/** In UTF-16 units. */
const longestKept = 16_384;

/**
 * The reader of rows with these columns: of a file of secrets each brings one secret, of a file of people a person, and a secret where a cell
 * of one is filled.
 */
export function entriesReader(kind: UploadKindName, columns: Columns<Target>): EntriesReader {
  const key = JSON.stringify([kind, [...columns.names], columns.ambiguous[0]]);
  const known = readers.get(key);
  if (known) return known;
  const made = newReader(kind, columns);
  if (readers.size >= mostKept) readers.clear();
  if (key.length <= longestKept) readers.set(key, made);
  return made;
}

function newReader(kind: UploadKindName, { names, ambiguous: [ambiguous] }: Columns<Target>): EntriesReader {
  const all = [...names];
  const problems: readonly RowProblem[] =
    ambiguous === undefined ? [] : [{ column: ambiguous, code: "columns-ambiguous" }];
  const told = problems.length > 0 && { problems };
  if (kind === "otp") {
    const fieldsOf = fieldsReader(all);
    return (values) => [{ kind: "secret", fields: fieldsOf(values), ...told }];
  }

  const personOf = fieldsReader(all.filter(([field]) => !isOfSecretOnly(field)));
  const factorOf = fieldsReader(all.filter(([field]) => isIdentity(field) || isOfSecretOnly(field)));
  const hasSecret = names.has("secret") || names.has("recoveryCode");
  const hasPasswords = names.has("password") && names.has("passwordHash");
  return (values) => {
    const fields = personOf(values);
    const twice = hasPasswords ? passwordTwice(fields) : undefined;
    const person: Entry =
      twice === undefined
        ? { kind: "person", fields, ...told }
        : { kind: "person", fields, problems: [...problems, twice] };
    if (!hasSecret) return [person];
    const factor = factorOf(values);
    if (isEmpty(factor["secret"]?.value) && isEmpty(factor["recoveryCode"]?.value)) return [person];
    const { type, ...others } = factor;
    return [
      person,
      {
        kind: "secret",
        part: "secret",
        fields: type === undefined || isTokenType(type.value) ? factor : others,
        ...told,
      },
    ];
  };
}

/** Reads fields of rows from their columns. */
function fieldsReader(
  columns: readonly (readonly [field: Target, column: string])[],
): (values: Values) => Fields {
  const own = columns.filter(([field]) => !field.startsWith(customField));
  const custom = columns
    .filter(([field]) => field.startsWith(customField))
    .map(([field, column]) => [field, field.slice(customField.length), column] as const);
  const fieldsOf = recordMaker<Read>(own.map(([field]) => field));
  const ownReads = (values: Values) =>
    own.map(([field, column]): Read => ({ value: cellOf(values, column, field), path: column }));
  if (custom.length === 0) return (values) => fieldsOf(ownReads(values));
  return (values) => {
    const fields = fieldsOf(ownReads(values));
    const customData = withCustomFields(
      fields["customData"],
      custom.map(([field, name, column]) => [name, { value: cellOf(values, column, field), path: column }]),
    );
    return customData ? { ...fields, customData } : fields;
  };
}

/** A password and a hash in one row: it would be a guess which of them the person signs in with. */
function passwordTwice({ password, passwordHash }: Fields): RowProblem | undefined {
  return password && passwordHash && !isEmpty(password.value) && !isEmpty(passwordHash.value)
    ? { column: passwordHash.path, code: "password-and-hash" }
    : undefined;
}
