import { settingProblems } from "#lib/fields/totp-settings.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { migrationUri, readMigration, type MigrationKey } from "#lib/formats/otpauth-migration.ts";
import type { Entry } from "./layout.ts";

type MigrationProblem = "migration-holds-several-keys" | "migration-invalid" | "type-unsupported";

/**
 * An entry whose secret is an export of Google Authenticator (`otpauth-migration://…`): a person's authenticator mostly holds keys for
 * other places, too, so it is the secret where it is the only TOTP key. Any other entry as it is.
 */
export function withMigrationKey(entry: Entry): Entry {
  const { secret } = entry.fields;
  if (entry.kind !== "secret" || typeof secret?.value !== "string" || !migrationUri.test(secret.value))
    return entry;
  const key = keyOf(secret.value);
  const codes = typeof key === "string" ? [key] : settingProblems(key).map(([, code]) => code);
  const problems = codes.map((code): RowProblem => ({ code, column: secret.path }));
  return {
    ...entry,
    // What other columns say of the codes is checked beside what the export says.
    ...(typeof key === "object" && {
      fields: { ...entry.fields, secret: { value: key.secret, path: secret.path } },
    }),
    ...(problems.length > 0 && { problems: [...(entry.problems ?? []), ...problems] }),
  };
}

function keyOf(uri: string): MigrationKey | MigrationProblem {
  const part = readMigration(uri);
  if (part === undefined || part.keys.length === 0 || part.keys.includes(undefined))
    return "migration-invalid";
  const keys = part.keys.filter((key) => key?.type === "totp");
  // Of an export of several parts, the others hold keys, too.
  if (keys.length > 1 || part.size > 1) return "migration-holds-several-keys";
  return keys[0] ?? "type-unsupported";
}
