import { minOtpSecretBits } from "#lib/authing/limits.ts";
import { decodeBase32 } from "#lib/fields/base32.ts";
import { plainText } from "#lib/fields/encode.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { removedMark } from "#lib/fields/removed.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import { otpauthUriInside } from "#lib/formats/otpauth-uri.ts";
import { personColumnNames, secretColumnNames } from "#lib/layouts/column-names.ts";
import { meaningsOf, normalizedName } from "#lib/layouts/columns.ts";
import type { EntryReader } from "#lib/layouts/find.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";

// Results never show a password, a hash, a secret or a recovery code, and show everything else, so that a row can be mended in them.

/** Names of columns and keys that hold passwords, secrets and codes. */
const secretName =
  /pass|pwd|secret|seed|token|digest|hash|salt|otp|totp|recover|backup|pin(?:code|$)|^pin|credential|privatekey|accesskey|apikey|密码|口令|密钥|种子|令牌|恢复码|备用码|备份码/;
/** Where a person who has lost a password is written to or called. */
const contactName = /^(?:account)?(?:recovery|backup)(?:e?mail|phone|mobile)(?:address|number)?$/;
/** When something was made or used. */
const momentName = /^(?:created|updated|(?:last)?used|modified)(?:at|on|date|time)$/;
/** Fields that hold what must not be shown. */
const secretFields: ReadonlySet<string> = new Set([
  "password",
  "passwordHash",
  "salt",
  "secret",
  "recoveryCode",
]);
/** How a secret makes codes, and how a hash was made. */
const settings: ReadonlySet<string | undefined> = new Set([
  "algorithm",
  "digits",
  "period",
  "type",
  "counter",
]);
/** An object of such a name holds a password or a hash under names of any kind, e.g. `value`. */
const secretObject = /password|passwd|pwd|secret|密码|口令|密钥/;
/** Codes in a list are secrets, whatever the list calls each of them. */
const secretList = /recover|backup|恢复码|备用码|备份码/;
/** Where it can be read, JSON in a text is looked into; a secret may be anywhere in what remains. */
const brokenJson = /^\s*(?:\[\s*){0,9}(?:\{\s*"|\[\s*")/;
/** What a record of a file can be deep, and the JSON in its texts. */
const maxDepth = 64;

const ofPerson = meaningsOf(personColumnNames);
const ofSecret = meaningsOf(secretColumnNames);

export interface Redactor {
  /** The row as the file has it, with secrets replaced by a visible mark. */
  redacted(row: Row): readonly string[];
}

/** Where a value is. */
interface Around {
  /** Whether what reads the file knows the column, or the key of the first level, that the value is in. */
  readonly isKnown: boolean;
  /** Whether the value is in a list of codes, or in an object that is named after a secret. */
  readonly isInside: boolean;
  readonly depth: number;
}

/** Takes secrets out of the rows of one file. */
export function redactor(
  kind: UploadKindName,
  columns: Table["columns"],
  reader: Pick<EntryReader, "hides" | "shows" | "knows" | "fieldOf">,
): Redactor {
  const hides = new Set(reader.hides.map(normalizedName));
  const shows = new Set(reader.shows.map(normalizedName));

  /** Whether results must not show a text or number of this name. */
  const isSecret = (column: string, value: unknown, { isKnown, isInside, depth }: Around): boolean => {
    if (isEmpty(value) || typeof value === "boolean") return false;
    if (typeof value === "string" && (otpauthUriInside.test(value) || brokenJson.test(value))) return true;
    const name = normalizedName(column);
    if (hides.has(name)) return true;
    const field =
      (depth === 0 ? reader.fieldOf(column) : undefined) ??
      (kind === "otp" ? ofSecret.get(name)?.field : ofPerson.get(name)?.field);
    if (field !== undefined && secretFields.has(field)) return true;
    const isHarmless =
      shows.has(name) ||
      contactName.test(name) ||
      momentName.test(name) ||
      isPlainField(field) ||
      settings.has(ofSecret.get(name)?.field);
    if (!isHarmless && (isInside || secretName.test(name))) return true;
    if (kind === "users") return false;
    // In a file of secrets, what nothing knows may hold anything, and cells are in wrong columns at times.
    return (!isHarmless && !isKnown) || mayBeSecret(value);
  };

  const shown = (value: unknown, name: string, around: Around): unknown => {
    const container = typeof value === "string" ? containerIn(value) : value;
    // JSON.stringify throws for what is some thousands deep. What is inside of a container was measured with it.
    const isMeasured = around.depth > 0 && typeof value !== "string";
    if (!isMeasured && isDeeper(container, maxDepth - around.depth)) return removedMark;
    if (!isContainer(container)) return isSecret(name, value, around) ? removedMark : value;
    const own = normalizedName(name);
    const isInside = around.isInside || secretList.test(own) || isSecretObject(own, container);
    const inside = { isKnown: around.isKnown, isInside, depth: around.depth + 1 };
    const safe = Array.isArray(container)
      ? container.map((inner: unknown) => shown(inner, name, inside))
      : Object.fromEntries(Object.entries(container).map(([key, inner]) => [key, shown(inner, key, inside)]));
    if (typeof value !== "string") return safe;
    // JSON in a text stays as it is written where there is nothing to hide.
    const written = JSON.stringify(safe);
    return written === JSON.stringify(container) ? value : written;
  };

  const atTop = (known: (column: string) => boolean, column: string): Around => ({
    isKnown: known(column),
    isInside: false,
    depth: 0,
  });
  const knownColumn = columns && reader.knows(columns);
  const hidesSome = columns?.some((column) => isSecret(column, "x", atTop(reader.knows(columns), column)));
  return {
    redacted(row) {
      // In a row that cannot be read, a secret may be in any cell.
      if (row.values === undefined && hidesSome !== false)
        return row.original.map((cell) => (isEmpty(cell) ? cell : removedMark));
      if (columns !== undefined && knownColumn !== undefined) {
        return row.original.map((cell, index) => {
          const column = columns[index] ?? "";
          return shown(cell, column, atTop(knownColumn, column)) as string;
        });
      }
      const known = reader.knows(Object.keys(row.values ?? {}));
      const values = Object.entries(row.values ?? {}).map(([key, value]) => [
        key,
        shown(value, key, atTop(known, key)),
      ]);
      return [JSON.stringify(Object.fromEntries(values))];
    },
  };
}

const isPlainField = (field: string | undefined): boolean =>
  field !== undefined && !secretFields.has(field) && field !== "-" && !field.startsWith("customData.");

/** An object, not a list: lists of credentials have harmless things in them, which are told by their own names. */
const isSecretObject = (name: string, container: object) =>
  !Array.isArray(container) && secretObject.test(name);

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The list or object that a text is the JSON of. */
function containerIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isDeeper = (value: unknown, depth: number): boolean =>
  isContainer(value) && (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)));

/** Whether a text is base32 of a secret's length. Names of 16 letters are, too; of 28 secrets with 16 characters one has no digit. */
function mayBeSecret(value: unknown): boolean {
  const written = isContainer(value) ? "" : (plainText(value) ?? "");
  if (!/[2-7]|^[A-Z]{20}|^[a-z]{32}/.test(written)) return false;
  const bytes = decodeBase32(written)?.bytes;
  return bytes !== undefined && bytes.length * 8 >= minOtpSecretBits;
}
