import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { openTable } from "#lib/formats/detect.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import type { EventKey, EventRecord } from "#lib/ledger/ledger.ts";
import type { Change } from "#lib/pipeline/change.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { Outcome } from "#lib/pipeline/outcome.ts";
import type { ObjectReference, ObjectStore } from "#lib/pipeline/ports.ts";
import type { TranslationContext } from "#lib/pipeline/source.ts";
import { otp } from "./otp.ts";
import { resultWriter, type ImportSummary, type ResultWriter } from "./results.ts";
import { openUpload, type Upload } from "./rows.ts";
import { users } from "./users.ts";

export interface ImportPorts extends DeliveryPorts {
  readonly objects: ObjectStore;
  readonly translation: TranslationContext;
}

/** The largest file that is taken, in bytes. */
export const maxUploadBytes = 256 * 1024 * 1024;
/** Rows that are delivered together: as many as Authing takes at once. */
const rowsAtOnce = 50;
/** How long one import may be worked on before somebody else may take it over, in seconds: as long as a function may run. */
const leaseSeconds = 900;
/** How long what became of a file and its rows is remembered, in seconds. */
const keepSeconds = 90 * 86_400;

type Kind = "users" | "otp";

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

/**
 * Imports one uploaded file: reads it row by row, brings each row to Authing and writes what became of it to
 * `results/<import>/`. `later` means that it must be run again; rows that were brought before are then found to be done.
 */
export async function runImport(
  object: ObjectReference,
  ports: ImportPorts,
  run: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  const kind = /^incoming\/(users|otp)\/[^/]+$/.exec(object.key)?.[1] as Kind | undefined;
  if (!kind) {
    ports.log.warn("upload ignored", { reason: "not-under-incoming" });
    return "done";
  }
  const id = importIdOf(object);
  const key: EventKey = { source: "uploads", id };
  const claim = await ports.ledger.claim(key, { owner: run.owner, leaseSeconds });
  if (claim.state === "busy") return "later";
  if (claim.state === "settled") {
    ports.log.info("import seen before", { import: id });
    await forgetSecrets(object, kind, claim.record.outcome, ports);
    return "done";
  }
  const startedAt = new Date(ports.clock.now()).toISOString();
  try {
    const summary = await importObject(object, { id, kind, startedAt }, ports, run.deadline);
    const outcome: Outcome =
      summary.state === "finished"
        ? { kind: "accepted" }
        : { kind: "rejected", reason: summary.problem?.reason ?? "" };
    await ports.ledger.settle([recordOf({ id, type: "import", startedAt, outcome }, ports)], keepSeconds);
    const { state, problem, rows, accepted, alreadyDone, rejected } = summary;
    ports.log.info(
      "import settled",
      {
        source: "uploads",
        import: id,
        state,
        reason: problem?.reason,
        rows,
        accepted,
        alreadyDone,
        rejected,
      },
      {
        [state === "finished" ? "FilesFinished" : "FilesRefused"]: 1,
        RowsAccepted: accepted,
        RowsAlreadyDone: alreadyDone,
        RowsRejected: rejected,
      },
    );
    await forgetSecrets(object, kind, outcome, ports);
    return "done";
  } catch (error) {
    await ports.ledger.release(key, run.owner);
    if (!(error instanceof InboundError && error.retryable)) throw error;
    ports.log.warn("import comes again", { import: id, code: error.code, reason: error.reason });
    return "later";
  }
}

/** TOTP secrets do not lie about once their import has ended; whoever mends a row has them where they came from. */
async function forgetSecrets(
  object: ObjectReference,
  kind: Kind,
  { kind: became }: Outcome,
  { objects }: ImportPorts,
): Promise<void> {
  if (kind === "otp" && became === "accepted" && object.versionId !== undefined) await objects.remove(object);
}

interface Import {
  readonly id: string;
  readonly kind: Kind;
  readonly startedAt: string;
}

async function importObject(
  object: ObjectReference,
  { id, kind, startedAt }: Import,
  ports: ImportPorts,
  deadline: number,
): Promise<ImportSummary> {
  const target = { bucket: object.bucket, folder: `results/${id}` };
  let upload: Upload | undefined;
  let writer: ResultWriter | undefined;
  let problem: ImportSummary["problem"];
  try {
    if ((object.size ?? 0) > maxUploadBytes) {
      throw new InboundError("oversized", "file-too-large", {
        hint: "split it into files of at most 256 MiB",
      });
    }
    const table = await openTable(object.key, await ports.objects.read(object));
    upload = openKind(kind, table, ports.translation);
    writer = resultWriter(ports.objects, { ...target, columns: upload.columns });
    for await (const rows of inGroups(upload.rows, rowsAtOnce)) {
      await deliverRows(rows, upload, writer, { id, startedAt }, ports, deadline);
    }
  } catch (error) {
    if (!(error instanceof InboundError) || error.retryable) {
      await writer?.abandon();
      throw error;
    }
    // The file cannot be read on. What came before stands, and its results are kept.
    problem = {
      reason: error.reason,
      ...(error.path !== undefined && { path: error.path }),
      ...(error.hint !== undefined && { hint: error.hint }),
    };
  }
  writer ??= resultWriter(ports.objects, { ...target, columns: [] });
  return writer.finish({
    import: id,
    kind,
    object: { key: object.key, ...(object.versionId !== undefined && { versionId: object.versionId }) },
    startedAt,
    state: problem ? "refused" : "finished",
    ...(problem && { problem }),
    details: upload?.details ?? {},
    unusedColumns: upload?.unmapped() ?? [],
    finishedAt: new Date(ports.clock.now()).toISOString(),
  });
}

function openKind(kind: Kind, table: Table, context: TranslationContext): Upload {
  return kind === "users" ? openUpload(users, table, context) : openUpload(otp, table, context);
}

async function deliverRows(
  rows: readonly Row[],
  upload: Upload,
  writer: ResultWriter,
  { id, startedAt }: Pick<Import, "id" | "startedAt">,
  ports: ImportPorts,
  deadline: number,
): Promise<void> {
  const read = rows.map((row) => ({ row, ...upload.translate(row) }));
  const tasks = new Map<Row, Task>();
  for (const { row, change } of read) {
    if (change) tasks.set(row, { change, by: `uploads/${id}/${row.row}`, source: "uploads" });
  }
  const { outcomes, stopped } = await deliver([...tasks.values()], { ...ports, deadline });
  if (stopped) throw stopped;
  const delivered = new Map([...tasks.keys()].map((row, index) => [row, outcomes[index]]));

  const records: EventRecord[] = [];
  for (const { row, change, problems, notes } of read) {
    const outcome = delivered.get(row) ?? { kind: "rejected", reason: problems[0]?.code ?? "unreadable" };
    const reasons = problems.length > 0 ? problems : [{ code: outcome.reason ?? "", column: outcome.field }];
    const externalId = change && externalIdOf(change);
    await writer.write({
      row: row.row,
      outcome,
      original: upload.original(row),
      reasons: reasons.map(wordOf),
      notes: notes.map(wordOf),
      ...(externalId !== undefined && { externalId }),
    });
    const about = { id: `${id}/${row.row}`, type: "row", startedAt, outcome, change, externalId } as const;
    records.push(recordOf(about, ports));
  }
  await ports.ledger.settle(records, keepSeconds);
}

function wordOf({ code, column }: { code: string; column?: string | undefined }): string {
  return column === undefined || column === "" ? code : `${column}: ${code}`;
}

function externalIdOf(change: Change): string | undefined {
  return change.kind === "create" ? change.person.externalId : change.who.externalId;
}

function recordOf(
  about: {
    id: string;
    type: "import" | "row";
    startedAt: string;
    outcome: Outcome;
    change?: Change | undefined;
    externalId?: string | undefined;
  },
  { clock }: Pick<ImportPorts, "clock">,
): EventRecord {
  const { id, type, startedAt, outcome, change, externalId } = about;
  return {
    source: "uploads",
    id,
    type,
    subject: "",
    ...(externalId !== undefined && { externalId }),
    occurredAt: startedAt,
    receivedAt: startedAt,
    settledAt: new Date(clock.now()).toISOString(),
    // Whoever may write into the bucket may speak.
    proof: "bucket",
    changes: change ? [change.kind] : [],
    trail: change && "trail" in change ? change.trail : {},
    ...(change && "leftOut" in change && change.leftOut && { leftOut: change.leftOut }),
    outcome,
  };
}

async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
