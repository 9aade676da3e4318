import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import type { Row, TableHead, Table } from "#lib/formats/format.ts";
import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ByteRange, ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import { otp } from "./rows/otp.ts";
import { openUpload, type Upload } from "./rows/upload.ts";
import { users } from "./rows/users.ts";

// What the three functions of an import know together. The plan is made once and never changes; what is done stands in the parts
// (`parts/<chunk>.<part>`), and which chunks are done in the ledger.

export type ImportKind = "users" | "otp";

/** Some rows of a file, one after the other. */
export interface Chunk extends ByteRange, Pick<Row, "row"> {
  /** How many rows there are from `start`; the bytes up to `end` are enough to read them. */
  readonly rows: number;
}

/** How a file is read, and in which pieces. In the bucket at `results/<import>/plan.json` for as long as the import lasts. */
export interface ImportPlan extends TableHead {
  readonly import: string;
  readonly kind: ImportKind;
  readonly object: ObjectReference;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly rows: number;
  /** In the order of the file; at least one. */
  readonly chunks: readonly Chunk[];
}

/** How long one function may work on something before another one may take it over, in seconds: as long as a function may run. */
export const leaseSeconds = 900;
/** How long what became of a file and its rows is remembered, in seconds. */
export const keepSeconds = 90 * 86_400;

/**
 * How many chunks of one file are on their way at the same time. One less than there are functions for them
 * (`uploadsRun.maximumConcurrency`), so that there is room for the next file. Secrets keep their order: of two for one person
 * the later one stays.
 */
export const chunksAtOnce: Readonly<Record<ImportKind, number>> = { users: 2, otp: 1 };

/** Names an import after its file, and after the very version of it: the same upload is the same import. */
export function importIdOf({ bucket, key, versionId, etag }: ObjectReference): string {
  const version = createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId ?? etag]))
    .digest("hex");
  const name = basename(key)
    .replaceAll(/[^\p{L}\p{N}._-]/gu, "-")
    .slice(0, 80);
  return `${name}-${version.slice(0, 12)}`;
}

/** The kind of an object by where it was put; `undefined` for what was not put where uploads go. */
export function kindOf({ key }: ObjectReference): ImportKind | undefined {
  return /^incoming\/(users|otp)\/[^/]+$/.exec(key)?.[1] as ImportKind | undefined;
}

/** The import as the ledger knows it. */
export const importKey = (id: string): EventKey => ({ source: "uploads", id });
/** Where everything about an import is written. */
export const folderOf = (id: string): string => `results/${id}`;
export const planKey = (id: string): string => `${folderOf(id)}/plan.json`;

/** How far an import is, for whoever waits. In the bucket at `results/<import>/progress.json`. */
interface ImportProgress {
  readonly import: string;
  readonly rows: number;
  readonly rowsDone: number;
  /** ISO 8601, UTC, as are the others. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** When it ends if it goes on as until now. */
  readonly estimatedEndAt?: string;
}

/** Tells how far an import is. Several functions may tell at the same time; the last chunk's word is the last. */
export async function writeProgress(
  objects: ObjectStore,
  plan: ImportPlan,
  finished: ReadonlySet<number>,
  now: number,
): Promise<ImportProgress> {
  const rowsDone = plan.chunks.reduce((sum, { rows }, chunk) => sum + (finished.has(chunk) ? rows : 0), 0);
  const startedAt = Date.parse(plan.startedAt);
  const progress: ImportProgress = {
    import: plan.import,
    rows: plan.rows,
    rowsDone,
    startedAt: plan.startedAt,
    updatedAt: new Date(now).toISOString(),
    ...(rowsDone > 0 && {
      estimatedEndAt: new Date(
        Math.round(now + ((now - startedAt) / rowsDone) * (plan.rows - rowsDone)),
      ).toISOString(),
    }),
  };
  await writeJson(objects, plan.object.bucket, `${folderOf(plan.import)}/progress.json`, progress);
  return progress;
}

/** The plan of an import, or `undefined` when it is over. */
export async function readPlan(
  objects: ObjectStore,
  bucket: string,
  id: string,
): Promise<ImportPlan | undefined> {
  const bytes = await readObject(objects, bucket, planKey(id));
  return bytes && (JSON.parse(bytes.toString()) as ImportPlan);
}

/** Puts the kind of upload on a table. Throws `malformed` for columns that cannot work. */
export function openKind(kind: ImportKind, table: Table, context: TranslationContext): Upload {
  return kind === "users" ? openUpload(users, table, context) : openUpload(otp, table, context);
}

/** Reads what we wrote; `undefined` when it is not there. */
export async function readObject(
  objects: ObjectStore,
  bucket: string,
  key: string,
): Promise<Buffer | undefined> {
  try {
    return Buffer.concat(await Array.fromAsync(await objects.read({ bucket, key })));
  } catch (error) {
    if (error instanceof InboundError && error.reason === "object-missing") return undefined;
    throw error;
  }
}

export async function writeJson(
  objects: ObjectStore,
  bucket: string,
  key: string,
  value: unknown,
): Promise<void> {
  async function* bytes() {
    yield Buffer.from(`${JSON.stringify(value)}\n`);
  }
  await objects.write({ bucket, key, contentType: "application/json" }, bytes());
}

/** What the ledger remembers of an import or a row. */
export function recordOf(
  about: Pick<EventRecord, "id" | "type" | "outcome"> &
    Partial<Pick<EventRecord, "externalId" | "changes" | "trail" | "dropped">>,
  startedAt: string,
  now: number,
): EventRecord {
  return {
    source: "uploads",
    subject: "",
    occurredAt: startedAt,
    receivedAt: startedAt,
    settledAt: new Date(now).toISOString(),
    // Whoever may write into the bucket may speak.
    proof: "bucket",
    changes: [],
    trail: {},
    ...about,
  };
}
