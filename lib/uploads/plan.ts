import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ExistingPolicy } from "#lib/contract/policies.ts";
import type { ImportQueue } from "#lib/contract/import-queue.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { Row } from "#lib/formats/format.ts";
import { storeAndCut, type ChunkSize } from "./cut-into-chunks.ts";
import { importIdOf } from "./import-id.ts";
import {
  chunksAtOnceOf,
  readPlan,
  rowsKey,
  writePlan,
  type FollowedPreview,
  type ImportPlan,
} from "./import-plan.ts";
import { importKey, leaseSeconds, uploadsSource } from "./ledger-entries.ts";
import { writeProgress } from "./progress.ts";
import { objectFile, problemOf, readUpload, type ReadSettings } from "./read-upload.ts";
import { recordOutcome } from "./record-outcome.ts";
import { repeatedSecrets, type RepeatedSecrets } from "./repeated-secrets.ts";
import { rowTranslator, type RowSettings, type RowTranslator } from "./rows/row-translator.ts";
import { importSettings } from "./preview.ts";
import { columnsOf } from "./told-columns.ts";
import { kindOf, placeOf } from "./upload-place.ts";
import { refuseOversized } from "./upload-size.ts";
import { openObject, type ObjectWriter } from "./write-object.ts";

export interface PlanPorts {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly queue: ImportQueue;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly reading: ReadSettings;
  readonly rows: RowSettings;
  readonly existing: ExistingPolicy;
  /** The most requests per second that an import may send to Authing, for the estimates of previews. */
  readonly requestsPerSecond: number;
  /** The names of the sources of the configuration. */
  readonly sources: readonly string[];
}

/**
 * 5,000 rows are a hundred calls to Authing and take about a minute, which is what the next file may have to wait. An
 * invocation holds the bytes of its chunk in memory.
 */
const defaultChunkSize: ChunkSize = { rows: 5_000, bytes: 4 * 1024 * 1024 };

export interface PlanOptions {
  readonly chunkSize?: ChunkSize;
  /** The import's id. Default: by the object and its version. */
  readonly id?: string;
  /** The preview that the import carries out, wherever its object is. */
  readonly preview?: FollowedPreview;
}

/**
 * Plans the import of one uploaded file: reads it once to its end, so that no row of an unreadable file is delivered, cuts it
 * into chunks and queues the first ones. It may be called for the same file any number of times.
 *
 * @returns `later` when the notification has to be delivered again.
 */
export async function planImport(
  object: ObjectReference,
  ports: PlanPorts,
  { owner }: { owner: string },
  { chunkSize = defaultChunkSize, ...given }: PlanOptions = {},
): Promise<"done" | "later"> {
  const { ledger, log, objects, queue } = ports;
  const kind = kindOf(object);
  if (!kind) {
    log.warn("upload ignored", { reason: "not-under-incoming" });
    return "done";
  }
  const id = given.id ?? importIdOf(object);
  const key = importKey(id);
  const claim = await ledger.claim(key, { owner, leaseSeconds });
  if (claim.state === "busy") return "later";
  if (claim.state === "settled") {
    log.info("import seen before", { import: id });
    return "done";
  }
  try {
    const startedAt = new Date(ports.clock.now()).toISOString();
    const { preview } = given;
    const base = { import: id, kind, object, startedAt, ...(preview && { preview }) };
    let plan: ImportPlan | undefined;
    try {
      // A plan that is there was made from the same version of the object.
      plan = (await readPlan(objects, object.bucket, id)) ?? (await makePlan(base, ports, chunkSize));
    } finally {
      // Released before anything is queued: the invocation that finishes the import claims the same key.
      await ledger.release(key, owner);
    }
    const first = plan ? plan.chunks.slice(0, chunksAtOnceOf(plan)) : [];
    await queue.send(
      first.map((_, chunk) => ({ kind: "chunk", bucket: object.bucket, import: id, chunk }) as const),
    );
    return "done";
  } catch (error) {
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("import retried", { import: id, code: error.code, reason: error.reason });
    return "later";
  }
}

/** Reads the file, stores its rows and writes its plan. Returns `undefined` for a file that is refused, which ends its import. */
async function makePlan(
  base: Pick<ImportPlan, "import" | "kind" | "object" | "startedAt" | "preview">,
  ports: PlanPorts,
  chunkSize: ChunkSize,
  trustsBeginning = ports.reading.encoding === undefined,
): Promise<ImportPlan | undefined> {
  const { clock, log, objects, sources } = ports;
  const { bucket } = base.object;
  let seen: Pick<ImportPlan, "details" | "columns" | "layout"> | undefined;
  let translator: RowTranslator | undefined;
  let rowsObject: ObjectWriter | undefined;
  try {
    const { isPreview, ...place } = placeOf(base.object, sources);
    refuseOversized(base.object);
    const table = await readUpload(await objectFile(base.object, objects), base.kind, ports.reading, {
      trustsBeginning,
    });
    const { columns, layout } = table;
    seen = { details: table.details, columns: undefined };
    translator = rowTranslator({ ...base, columns, ...(layout !== undefined && { layout }) }, ports.rows);
    seen = {
      details: table.details,
      columns,
      ...(layout !== undefined && { layout }),
    };
    const key = rowsKey(base.kind, base.import);
    rowsObject = openObject(objects, { bucket, key, contentType: "application/x-ndjson" });
    const repeated = repeatedSecrets();
    const rowsWithNotes = translator.mayBringSecrets
      ? comparedRows(table.rows, translator, repeated)
      : table.rows;
    const chunks = await storeAndCut({ rows: rowsWithNotes, columns }, rowsObject, chunkSize);
    const stored = { bucket, key, ...(await rowsObject.end()) };
    const { filledColumns, details: more } = table.end?.() ?? {};
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const plan: ImportPlan = {
      ...base,
      ...place,
      ...(isPreview &&
        !base.preview && {
          isPreview,
          settings: importSettings(ports),
          requestsPerSecond: ports.requestsPerSecond,
        }),
      ...seen,
      details: {
        ...seen.details,
        ...more,
        ...(repeated.stoppedAt !== undefined && { secretsComparedUpTo: repeated.stoppedAt }),
      },
      ...(filledColumns !== undefined && { filledColumns }),
      stored,
      rows,
      chunks,
    };
    await writePlan(objects, plan);
    await writeProgress(objects, plan, new Set(), clock.now());
    log.info("import planned", { source: uploadsSource, import: plan.import, rows, chunks: chunks.length });
    return plan;
  } catch (error) {
    await rowsObject?.abandon();
    if (!(error instanceof InboundError) || error.retryable) throw error;
    if (trustsBeginning && error.reason === "text-not-utf-8") return makePlan(base, ports, chunkSize, false);
    // The header of a file that was refused for its columns may be a row of people: it does not go into the results.
    const problem = problemOf(error);
    const known = seen ?? { details: { format: "unknown" }, columns: [] };
    await recordOutcome(
      { ...base, ...known, columns: translator ? known.columns : [] },
      noResults(),
      () => ({ columns: columnsOf(translator), problem }),
      ports,
    );
    return undefined;
  }
}

async function* comparedRows(
  rows: AsyncIterable<Row>,
  translator: RowTranslator,
  repeated: RepeatedSecrets,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    const secrets = translator.secretsOf(row).map(({ change: { who, otp }, column }) => ({
      who,
      secret: otp.secret,
      column,
    }));
    yield repeated.compared(row, secrets);
  }
}

async function* noResults(): AsyncGenerator<never> {}
