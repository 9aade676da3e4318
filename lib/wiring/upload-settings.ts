import * as z from "zod/mini";
import type { Config } from "#lib/config.ts";
import type { ExistingPolicy } from "#lib/contract/policies.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { RowContext } from "#lib/contract/source.ts";
import type { ReadSettings } from "#lib/uploads/read-upload.ts";
import type { RowSettings } from "#lib/uploads/rows/row-translator.ts";

/** The secret `uploads`: keys and passwords of encrypted files. Only those who upload such files need it. */
const UploadsSecret = z.object({
  pskcKeys: z.exactOptional(z.record(z.string(), z.string())),
  pskcPassword: z.exactOptional(z.string()),
});

/** How files are read and what their rows mean, by the configuration. */
export function uploadSettings(
  config: Config,
  secrets: SecretReader,
): { readonly reading: ReadSettings; readonly requestsPerSecond: number } & ReturnType<typeof rowSettings> {
  const { rows, existing } = rowSettings(config);
  const { encoding, delimiter, sheet } = config.uploads;
  return {
    reading: {
      ...rows,
      ...(encoding !== undefined && { encoding }),
      ...(delimiter !== undefined && { delimiter }),
      ...(sheet !== undefined && { sheet }),
      keys: async () => (await secrets.read("uploads", UploadsSecret))[0],
    },
    rows,
    existing,
    requestsPerSecond: config.authing.maxRequestsPerSecond,
  };
}

/** What rows mean and do, by the configuration. */
export function rowSettings(config: Config): {
  readonly rows: RowSettings;
  readonly existing: ExistingPolicy;
} {
  const { columns, existing, fusionauthSecret, layout } = config.uploads;
  return {
    rows: {
      columns,
      fusionauthSecret,
      ...(layout !== undefined && { layout }),
      translation: rowContext(config),
    },
    existing,
  };
}

/** How a setting of a column names a custom field of the user pool. */
const customField = "customData.";

/** What the translation of rows may know of a configuration. */
function rowContext({ region, uploads: { columns, departments, departmentIdType } }: Config): RowContext {
  const customData = Object.fromEntries(
    Object.entries(columns).flatMap(([column, field]) =>
      field.startsWith(customField) ? [[field.slice(customField.length), column]] : [],
    ),
  );
  return { region, departments, customData, ...(departmentIdType && { departmentIdType }) };
}
