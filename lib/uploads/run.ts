import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { separated } from "#lib/delivery/secrets.ts";
import { openTable } from "#lib/formats/detect.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import type { EventKey, EventRecord } from "#lib/ledger/ledger.ts";
import type { Change } from "#lib/pipeline/change.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import { leastHappy, type Outcome } from "#lib/pipeline/outcome.ts";
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
/** Secrets whose people are not there yet: so many wait for the end of their file, any more are refused at once. */
const maxAwaiting = 10_000;
/** How long after that they are looked for, and again for as long as some are found, in milliseconds. */
const lookAgainMilliseconds = 5_000;
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
  const awaiting: Row[] = [];
  try {
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
        const decided = await deliverRows(rows, upload, { id }, ports, deadline);
        const waits = decided.filter(awaitsPerson).slice(0, maxAwaiting - awaiting.length);
        awaiting.push(...waits.map(({ row }) => row));
        const settled = decided.filter((each) => !waits.includes(each));
        await writeRows(settled, upload, writer, { id, startedAt }, ports);
      }
    } catch (error) {
      if (!(error instanceof InboundError) || error.retryable) throw error;
      // The file cannot be read on. What came before stands, and its results are kept.
      problem = {
        reason: error.reason,
        ...(error.path !== undefined && { path: error.path }),
        ...(error.hint !== undefined && { hint: error.hint }),
      };
    }
    if (upload && writer) await deliverAwaiting(awaiting, upload, writer, { id, startedAt }, ports, deadline);
  } catch (error) {
    await writer?.abandon();
    throw error;
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

/** A row and what became of it. */
type DecidedRow = ReturnType<Upload["translate"]> & { readonly row: Row; readonly outcome: Outcome };

async function deliverRows(
  rows: readonly Row[],
  upload: Upload,
  { id }: Pick<Import, "id">,
  ports: ImportPorts,
  deadline: number,
): Promise<DecidedRow[]> {
  const read = rows.map((row) => {
    const translation = upload.translate(row);
    const by = { by: `uploads/${id}/${row.row}`, source: "uploads" };
    const changes = translation.change ? separated([translation.change]) : [];
    return { row, ...translation, tasks: changes.map((change): Task => ({ change, ...by })) };
  });
  const tasks = read.flatMap((each) => each.tasks);
  const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline });
  if (stopped) throw stopped;
  const outcomeOf = new Map(tasks.map((task, index) => [task, outcomes[index]]));
  return read.map((each) => ({
    ...each,
    outcome: leastHappy(each.tasks.flatMap((task) => outcomeOf.get(task) ?? [])) ?? {
      kind: "rejected",
      reason: each.problems[0]?.code ?? "unreadable",
    },
  }));
}

/** A file of people may be on its way at the same time as that of their secrets. */
const awaitsPerson = ({ change, outcome }: DecidedRow) =>
  change?.kind === "import-otp" && outcome.kind === "rejected" && outcome.reason === "user-unknown";

/** Looks for the people of secrets for as long as some of them come. */
async function deliverAwaiting(
  rows: readonly Row[],
  upload: Upload,
  writer: ResultWriter,
  about: Pick<Import, "id" | "startedAt">,
  ports: ImportPorts,
  deadline: number,
): Promise<void> {
  if (rows.length === 0) return;
  await ports.clock.wait(lookAgainMilliseconds);
  const decided: DecidedRow[] = [];
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const group = rows.slice(start, start + rowsAtOnce);
    decided.push(...(await deliverRows(group, upload, about, ports, deadline)));
  }
  const waits = decided.filter(awaitsPerson);
  const isOver = waits.length === rows.length;
  const settled = isOver ? decided : decided.filter((each) => !awaitsPerson(each));
  await writeRows(settled, upload, writer, about, ports);
  if (isOver) return;
  const left = waits.map(({ row }) => row);
  await deliverAwaiting(left, upload, writer, about, ports, deadline);
}

async function writeRows(
  rows: readonly DecidedRow[],
  upload: Upload,
  writer: ResultWriter,
  { id, startedAt }: Pick<Import, "id" | "startedAt">,
  ports: ImportPorts,
): Promise<void> {
  const records: EventRecord[] = [];
  for (const { row, change, problems, notes, outcome } of rows) {
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
