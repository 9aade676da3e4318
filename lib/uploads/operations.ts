import * as z from "zod/mini";
import type { UploadQueue } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder } from "./import-id.ts";
import { appliedIdOf, readPreview, type ImportSettings } from "./preview.ts";
import type { ImportProgress } from "./progress.ts";
import type { ImportSummary } from "./result-files.ts";
import { readStored } from "./stored-objects.ts";

// What an operator may ask for about imports.

const id = z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^/]+$/));

/** Carries a preview out: `{"operation": "apply-import", "preview": "people.csv-0123456789ab"}`. */
export const ApplyImportRequest = z.strictObject({ operation: z.literal("apply-import"), preview: id });
export type ApplyImportRequest = z.infer<typeof ApplyImportRequest>;

/** How far an import is: `{"operation": "follow-import", "import": "people.csv-0123456789ab"}`. */
export const FollowImportRequest = z.strictObject({ operation: z.literal("follow-import"), import: id });
export type FollowImportRequest = z.infer<typeof FollowImportRequest>;

/** The import that carries a preview out. */
export interface BegunImport {
  readonly import: string;
}

/** How far an import is; neither, before its file is read. */
export interface FollowedImport {
  readonly progress?: ImportProgress;
  /** Once it has ended. */
  readonly summary?: ImportSummary;
}

export interface ImportOperationPorts extends ImportSettings {
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly uploads: UploadQueue;
}

/**
 * Queues a preview to be carried out. It may be asked for any number of times.
 *
 * @throws InboundError `malformed`: `preview-unknown`, `settings-changed-since-preview`.
 */
export async function beginApply(
  { preview }: ApplyImportRequest,
  { bucket, uploads, ...ports }: ImportOperationPorts,
): Promise<BegunImport> {
  const { object } = await readPreview({ bucket, import: preview }, ports);
  await uploads.send({ kind: "apply", bucket, import: preview });
  return { import: appliedIdOf(object, bucket) };
}

export async function followImport(
  { import: id }: FollowImportRequest,
  { objects, bucket }: Pick<ImportOperationPorts, "objects" | "bucket">,
): Promise<FollowedImport> {
  const read = async <Value>(name: string): Promise<Value | undefined> => {
    const bytes = await readStored(objects, bucket, `${importFolder(id)}/${name}`);
    return bytes && (JSON.parse(bytes.toString()) as Value);
  };
  const summary = await read<ImportSummary>("summary.json");
  const progress = summary ? undefined : await read<ImportProgress>("progress.json");
  return { ...(summary && { summary }), ...(progress && { progress }) };
}
