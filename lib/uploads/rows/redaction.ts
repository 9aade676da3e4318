import { minOtpSecretBits } from "#lib/authing/limits.ts";
import { decodeBase32 } from "#lib/fields/base32.ts";
import { plainText } from "#lib/fields/encode.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { removedMark } from "#lib/fields/removed.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import { otpauthUri } from "#lib/formats/otpauth-uri.ts";
import { secretColumnNames, type SecretField } from "#lib/layouts/column-names.ts";
import { meaningsOf, normalizedName } from "#lib/layouts/columns.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";

/** Names of columns and keys that hold passwords, secrets and codes. */
const secretName =
  /pass|pwd|secret|seed|token|digest|hash|salt|otp|totp|recover|backup|pin(?:code|$)|^pin|credential|密码|口令|密钥|种子|令牌|恢复码|备用码|备份码/;
/** Of a file of secrets: the columns that results may show, unless a value looks like a secret. An unknown one may hold anything. */
const harmlessFields: ReadonlySet<SecretField> = new Set([
  "userId",
  "externalId",
  "email",
  "phone",
  "phoneCountryCode",
  "username",
  "algorithm",
  "digits",
  "period",
  "type",
  "counter",
]);
const meaningOf = meaningsOf<SecretField>(secretColumnNames);

export interface Redactor {
  /** The row as the file has it, with secrets replaced by a visible mark. */
  redacted(row: Row): readonly string[];
  /** Whether results must not show this column, or this value in it. */
  hides(column: string, value: unknown): boolean;
}

/** Takes secrets out of the rows of one file. `more`: names that the file's layout knows to hold secrets, lower case. */
export function redactor(
  kind: UploadKindName,
  columns: Table["columns"],
  more: ReadonlySet<string>,
): Redactor {
  const hides = (column: string, value: unknown): boolean => {
    if (isEmpty(value)) return false;
    const name = normalizedName(column);
    if (more.has(column.toLowerCase())) return true;
    if (kind === "users") return secretName.test(name) || isUri(value);
    const field = meaningOf.get(name)?.field;
    return field === undefined || !harmlessFields.has(field) || mayBeSecret(value);
  };
  const hidesSome = columns === undefined || columns.some((column) => hides(column, "x"));
  return {
    hides,
    redacted(row) {
      // In a row that cannot be read, a secret may be in any cell.
      if (row.values === undefined && hidesSome) {
        return row.original.map((cell) => (isEmpty(cell) ? cell : removedMark));
      }
      if (columns === undefined) return [JSON.stringify(withoutSecrets(row.values, hides))];
      return row.original.map((cell, index) => (hides(columns[index] ?? "", cell) ? removedMark : cell));
    },
  };
}

/** Codes in a list are secrets, whatever the list calls each of them. */
const secretList = /recover|backup|恢复码|备用码|备份码/;

/** The value of a record with each secret in it replaced. Lists and objects that hold harmless values stay. */
function withoutSecrets(value: unknown, hides: Redactor["hides"], name = "", isInside = false): unknown {
  if (!isContainer(value)) {
    return !isEmpty(value) && (isInside || (name !== "" && hides(name, value))) ? removedMark : value;
  }
  const inside = isInside || secretList.test(normalizedName(name));
  if (Array.isArray(value)) return value.map((inner) => withoutSecrets(inner, hides, name, inside));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, withoutSecrets(inner, hides, key, inside)]),
  );
}

const isContainer = (value: unknown): boolean => typeof value === "object" && value !== null;

/** The column or path whose secret an earlier result has blanked, where there is one: without it the row would be brought incomplete. */
export function removedSecret(values: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    if (value === removedMark) return name;
    if (!isContainer(value)) continue;
    const inner = removedSecret(value as Readonly<Record<string, unknown>>);
    if (inner !== undefined) return Array.isArray(value) ? `${name}[${inner}]` : `${name}.${inner}`;
  }
  return undefined;
}

const isUri = (value: unknown): boolean => typeof value === "string" && otpauthUri.test(value);

function mayBeSecret(value: unknown): boolean {
  if (isContainer(value)) return false;
  const written = plainText(value) ?? "";
  if (otpauthUri.test(written)) return true;
  const bytes = decodeBase32(written)?.bytes;
  return bytes !== undefined && bytes.length * 8 >= minOtpSecretBits;
}
