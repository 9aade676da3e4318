import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { cellOf, isTokenType, type Columns } from "#lib/layouts/columns.ts";
import { customField, isOfSecretOnly, withCustomFields, type Target } from "#lib/layouts/configured.ts";
import { isIdentity, type Entry, type UploadKindName } from "#lib/layouts/layout.ts";

type Values = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Read>>;

/** What a row brings: of a file of secrets one secret, of a file of people a person, and a secret where a cell of one is filled. */
export function entriesOf(kind: UploadKindName, values: Values, columns: Columns<Target>): readonly Entry[] {
  const fields = fieldsOf(values, columns);
  const [ambiguous] = columns.ambiguous;
  const problems: readonly RowProblem[] =
    ambiguous === undefined ? [] : [{ column: ambiguous, code: "columns-ambiguous" }];
  const told = (more: readonly RowProblem[] = []) =>
    problems.length + more.length > 0 && { problems: [...problems, ...more] };

  if (kind === "otp") return [{ kind: "secret", fields, ...told() }];
  const person: Entry = {
    kind: "person",
    fields: only(fields, (name) => !isOfSecretOnly(name)),
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
          isIdentity(name) || (isOfSecretOnly(name) && (name !== "type" || isTokenType(fields[name]?.value))),
      ),
      ...told(),
    },
  ];
}

function only(fields: Fields, isWanted: (name: string) => boolean): Fields {
  let isWhole = true;
  for (const name in fields) isWhole &&= isWanted(name);
  if (isWhole) return fields;
  const kept: Record<string, Read> = {};
  // Object.entries and Object.fromEntries take several times as long, for every row.
  for (const name in fields) if (isWanted(name)) kept[name] = fields[name] as Read;
  return kept;
}

function fieldsOf(values: Values, columns: Columns<Target>): Fields {
  const fields: Record<string, Read> = {};
  const custom: [field: string, read: Read][] = [];
  for (const [field, path] of columns.names) {
    const read = { value: cellOf(values, path, field), path };
    if (field.startsWith(customField)) custom.push([field.slice(customField.length), read]);
    else fields[field] = read;
  }
  const customData = withCustomFields(fields["customData"], custom);
  return customData ? { ...fields, customData } : fields;
}

/** A password and a hash in one row: it would be a guess which of them the person signs in with. */
function passwordTwice({ password, passwordHash }: Fields): readonly RowProblem[] {
  return password && passwordHash && !isEmpty(password.value) && !isEmpty(passwordHash.value)
    ? [{ column: passwordHash.path, code: "password-and-hash" }]
    : [];
}
