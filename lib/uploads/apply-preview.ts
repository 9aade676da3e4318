import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyMessage } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder, importIdOf } from "./import-id.ts";
import { importSettings, planImport, type PlanPorts } from "./plan.ts";
import type { ImportSummary } from "./result-files.ts";
import { changedSettings } from "./settings-print.ts";
import { readStored } from "./stored-objects.ts";

/** The name of the import that carries a preview out. */
export const appliedIdOf = (object: ImportSummary["object"], bucket: string): string =>
  importIdOf({ ...object, bucket, key: `apply/${object.key}` });

/**
 * Reads the summary of a preview that can be carried out.
 *
 * @throws InboundError `malformed` `preview-unknown` where there is none; `settings-changed-since-preview`, with the names of the settings
 *   as its path: the import would do something else than the preview foretold.
 */
export async function readPreview(
  { bucket, import: id }: Pick<ApplyMessage, "bucket" | "import">,
  { objects, ...ports }: Pick<PlanPorts, "reading" | "rows" | "existing"> & { readonly objects: ObjectStore },
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

/**
 * Carries a preview out: imports the same version of the same object, with the same settings. Its summary says what differs from the
 * preview, since people may have changed at Authing in between.
 *
 * @returns `later` when the message has to be delivered again.
 */
export async function applyPreview(
  message: ApplyMessage,
  ports: PlanPorts,
  run: { owner: string },
): Promise<"done" | "later"> {
  try {
    const { object, people, secrets } = await readPreview(message, ports);
    return await planImport({ ...object, bucket: message.bucket }, ports, run, {
      id: appliedIdOf(object, message.bucket),
      preview: { import: message.import, people, secrets },
    });
  } catch (error) {
    if (!(error instanceof InboundError) || error.retryable) throw error;
    // The command that sent the message has checked the same before, and told it.
    ports.log.warn("preview not carried out", { import: message.import, reason: error.reason });
    return "done";
  }
}
