import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyMessage } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder, importIdOf } from "./import-id.ts";
import type { PlanPorts } from "./plan.ts";
import type { ImportSummary } from "./result-files.ts";
import { changedSettings, settingsPrint, type SettingsPrint } from "./settings-print.ts";
import { readStored } from "./stored-objects.ts";

// What is known of a preview, and whether it can still be carried out.

/** The name of the import that carries a preview out. */
export const appliedIdOf = (object: ImportSummary["object"], bucket: string): string =>
  importIdOf({ ...object, bucket, key: `apply/${object.key}` });

/** What decides what an import does. */
export type ImportSettings = Pick<PlanPorts, "reading" | "rows" | "existing">;

/** The settings that decide what an import does, each as a hash. */
export const importSettings = ({ reading, rows, existing }: ImportSettings): SettingsPrint =>
  settingsPrint({ ...reading, ...rows.translation, existing });

/**
 * Reads the summary of a preview that can be carried out.
 *
 * @throws InboundError `malformed` `preview-unknown` where there is none; `settings-changed-since-preview`, with the names of the settings
 *   as its path: the import would do something else than the preview foretold.
 */
export async function readPreview(
  { bucket, import: id }: Pick<ApplyMessage, "bucket" | "import">,
  { objects, ...ports }: ImportSettings & { readonly objects: ObjectStore },
): Promise<ImportSummary> {
  const bytes = await readStored(objects, bucket, `${importFolder(id)}/summary.json`);
  const summary = bytes && (JSON.parse(bytes.toString()) as ImportSummary);
  if (summary?.state !== "previewed") {
    throw new InboundError("malformed", "preview-unknown", { hint: "preview the file first" });
  }
  const changed = changedSettings(summary.settings ?? {}, importSettings(ports));
  if (changed.length > 0) {
    throw new InboundError("malformed", "settings-changed-since-preview", {
      path: changed.join(", "),
      hint: "preview the file again",
    });
  }
  return summary;
}
