import type { Clock } from "#lib/contract/clock.ts";
import { openTable } from "#lib/formats/detect.ts";
import type { Row } from "#lib/formats/format.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ImportQueue } from "#lib/contract/import-queue.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import {
  chunksAtOnce,
  importIdOf,
  importKey,
  kindOf,
  leaseSeconds,
  openKind,
  planKey,
  readPlan,
  writeJson,
  writeProgress,
  type Chunk,
  type ImportKind,
  type ImportPlan,
} from "./import.ts";
import type { Upload } from "./rows/upload.ts";
import { endImport } from "./settle.ts";

export interface PlanPorts {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly queue: ImportQueue;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly translation: TranslationContext;
}

/** The largest file that is taken, in bytes. */
export const maxUploadBytes = 256 * 1024 * 1024;

/** How large a chunk may become; its last row may go beyond. */
export interface ChunkSize {
  readonly rows: number;
  readonly bytes: number;
}

/** A hundred calls to Authing, a minute or so: what a file that comes in meanwhile may have to wait for. A chunk is held in memory. */
const chunkSize: ChunkSize = { rows: 5_000, bytes: 4 * 1024 * 1024 };

/**
 * Plans the import of one uploaded file: reads it once to its end, so that nothing is brought to Authing of a file that
 * cannot be read, cuts it into chunks and queues the first ones. `later` means that it must be asked again.
 */
export async function planImport(
  object: ObjectReference,
  ports: PlanPorts,
  { owner }: { owner: string },
  size: ChunkSize = chunkSize,
): Promise<"done" | "later"> {
  const { ledger, log, objects, queue } = ports;
  const kind = kindOf(object);
  if (!kind) {
    log.warn("upload ignored", { reason: "not-under-incoming" });
    return "done";
  }
  const id = importIdOf(object);
  const key = importKey(id);
  const claim = await ledger.claim(key, { owner, leaseSeconds });
  if (claim.state === "busy") return "later";
  if (claim.state === "settled") {
    log.info("import seen before", { import: id });
    return "done";
  }
  try {
    let plan: ImportPlan | undefined;
    try {
      // One that is there was made of the same version of the object.
      plan = (await readPlan(objects, object.bucket, id)) ?? (await makePlan(object, kind, ports, size));
    } finally {
      // Before anybody hears of it: whoever finishes it claims it too.
      await ledger.release(key, owner);
    }
    const first = plan?.chunks.slice(0, chunksAtOnce[kind]) ?? [];
    await queue.send(
      first.map((_, chunk) => ({ kind: "chunk", bucket: object.bucket, import: id, chunk }) as const),
    );
    return "done";
  } catch (error) {
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("import comes again", { import: id, code: error.code, reason: error.reason });
    return "later";
  }
}

/** Resolves to nothing when the file was refused, which ends its import. */
async function makePlan(
  object: ObjectReference,
  kind: ImportKind,
  ports: PlanPorts,
  size: ChunkSize,
): Promise<ImportPlan | undefined> {
  const { bucket } = object;
  const base = {
    import: importIdOf(object),
    kind,
    object,
    startedAt: new Date(ports.clock.now()).toISOString(),
  };
  let upload: Upload | undefined;
  try {
    if ((object.size ?? 0) > maxUploadBytes) {
      throw new InboundError("oversized", "file-too-large", {
        hint: "split it into files of at most 256 MiB",
      });
    }
    const table = await openTable(object.key, await ports.objects.read(object));
    upload = openKind(kind, table, ports.translation);
    const { columns, details } = table;
    const chunks = await cutIntoChunks(upload.rows, size);
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const plan: ImportPlan = { ...base, details, columns, rows, chunks };
    await writeJson(ports.objects, bucket, planKey(plan.import), plan);
    await writeProgress(ports.objects, plan, new Set(), ports.clock.now());
    ports.log.info("import planned", { source: "uploads", import: plan.import, rows, chunks: chunks.length });
    return plan;
  } catch (error) {
    if (!(error instanceof InboundError) || error.retryable) throw error;
    const { reason, path, hint } = error;
    await endImport(
      { ...base, details: upload?.details ?? {}, columns: upload?.columns ?? [] },
      (async function* () {})(),
      () => ({
        unusedColumns: upload?.unmapped() ?? [],
        problem: { reason, ...(path !== undefined && { path }), ...(hint !== undefined && { hint }) },
      }),
      ports,
    );
    return undefined;
  }
}

/** Cuts a table where rows begin. There always is a chunk, if only one without rows. */
export async function cutIntoChunks(rows: AsyncIterable<Row>, size: ChunkSize): Promise<Chunk[]> {
  const chunks: { row: number; rows: number; start: number; end: number }[] = [];
  for await (const { row, start, end } of rows) {
    const last = chunks.at(-1);
    if (last === undefined || last.rows >= size.rows || start - last.start >= size.bytes) {
      chunks.push({ row, rows: 1, start, end });
    } else {
      last.rows += 1;
      last.end = Math.max(last.end, end);
    }
  }
  return chunks.length > 0 ? chunks : [{ row: 1, rows: 0, start: 0, end: 0 }];
}
