import type { ByteRange, ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { Table, TableDetails } from "#lib/formats/format.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";
import { importFolder } from "./import-id.ts";
import type { OutcomeCounts } from "./row-results.ts";
import type { SettingsPrint } from "./settings-print.ts";
import { readStored, writeJson } from "./stored-objects.ts";
import type { StoredTable } from "./stored-rows.ts";

/** Consecutive rows that one invocation delivers, and where they are among the stored rows. */
export interface Chunk extends ByteRange {
  readonly rows: number;
}

/** A preview that an import carries out, and what it foretold. */
export interface FollowedPreview {
  readonly import: string;
  readonly people: OutcomeCounts;
  readonly secrets: OutcomeCounts;
  /** Reason → how many entries it was foretold for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows depend on each other, so that their order counts. */
  readonly isOrdered?: true;
}

/**
 * How a file is read, and which rows each chunk holds. It is stored at `results/<import>/plan.json` for as long as the import
 * lasts, and is written once: which chunks are done is in the ledger, what became of their rows is in the parts.
 */
export interface ImportPlan extends StoredTable {
  readonly import: string;
  readonly kind: UploadKindName;
  /** The source whose people the file brings. Absent: they belong to no source. */
  readonly source?: string;
  readonly object: ObjectReference;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly details: TableDetails;
  readonly columns: Table["columns"];
  /** The name of the layout that says what the columns mean; absent: names of columns say it. */
  readonly layout?: string;
  /** The file is only previewed: everything is read and looked up, and nothing is written at Authing. */
  readonly isPreview?: true;
  /** Of a preview: the settings that it went by. */
  readonly settings?: SettingsPrint;
  /** Of a preview: the most requests per second that an import may send. */
  readonly requestsPerSecond?: number;
  /** The preview that this import carries out. */
  readonly preview?: FollowedPreview;
  /** The rows, as `stored-rows.ts` writes them. Deleted when the import ends. */
  readonly stored: ObjectReference;
  readonly rows: number;
  /** In the order of the file; at least one. */
  readonly chunks: readonly Chunk[];
}

/**
 * How many chunks of one file are in work at the same time, unless their order counts. Users: one less than the invocations there are for chunks
 * (`uploadsRun.maximumConcurrency`), so that the next file need not wait. TOTP secrets: one, since of two secrets of one
 * person the later one has to win.
 */
const chunksAtOnce: Readonly<Record<UploadKindName, number>> = { users: 2, otp: 1 };

/**
 * A preview goes from chunk to chunk, since it hands on what it has imagined; an import whose rows depend on each other does so too, so that it
 * does what its preview has foretold.
 */
export const chunksAtOnceOf = ({ kind, isPreview, preview }: ImportPlan): number =>
  isPreview || preview?.isOrdered ? 1 : chunksAtOnce[kind];

export const planKey = (id: string): string => `${importFolder(id)}/plan.json`;

/** Where the rows of an import are. The bucket deletes them by itself should no import do it: those of `otp` after a day. */
export const rowsKey = (kind: UploadKindName, id: string): string => `rows/${kind}/${id}.ndjson`;

/** The plan of an import; `undefined` when the import has ended, or has no plan yet. */
export async function readPlan(
  objects: ObjectStore,
  bucket: string,
  id: string,
): Promise<ImportPlan | undefined> {
  const bytes = await readStored(objects, bucket, planKey(id));
  return bytes && (JSON.parse(bytes.toString()) as ImportPlan);
}

export async function writePlan(objects: ObjectStore, plan: ImportPlan): Promise<void> {
  await writeJson(objects, plan.object.bucket, planKey(plan.import), plan);
}
