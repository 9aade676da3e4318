import { droppedOnWire } from "#lib/authing/dialect.ts";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { separated } from "#lib/delivery/secrets.ts";
import { readTableOn } from "#lib/formats/detect.ts";
import type { Row } from "#lib/formats/format.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { leastHappy, type Outcome } from "#lib/contract/outcome.ts";
import type { ImportMessage, ImportQueue } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import {
  chunksAtOnce,
  importKey,
  keepSeconds,
  leaseSeconds,
  openKind,
  readPlan,
  recordOf,
  writeProgress,
  type Chunk,
  type ImportPlan,
} from "./import.ts";
import { readPart, writePart, type Rest } from "./parts.ts";
import { collectResults, type FileProblem, type ResultCollector } from "./results.ts";
import type { Upload } from "./rows/upload.ts";

export interface RunPorts extends DeliveryPorts {
  readonly objects: ObjectStore;
  readonly queue: ImportQueue;
  readonly translation: TranslationContext;
}

export type ChunkMessage = Extract<ImportMessage, { kind: "chunk" }>;

/** Rows that are delivered together: as many as Authing takes at once. */
const rowsAtOnce = 50;
/** How long after their chunk the people of secrets are looked for, and again for as long as some are found, in milliseconds. */
const lookAgainMilliseconds = 5_000;

/**
 * Brings the rows of one chunk to Authing and writes what became of them. What there is no time left for is queued anew,
 * from the row that was reached. Then it queues what comes next: another chunk, or, when all are done, the finish. It may
 * be told of a chunk any number of times, and may die at any moment. `later` means that it must be told again.
 */
export async function runChunk(
  message: ChunkMessage,
  ports: RunPorts,
  { owner, deadline }: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  const { bucket, chunk, import: id } = message;
  const { clock, ledger, log, objects, queue } = ports;
  const plan = await readPlan(objects, bucket, id);
  if (!plan) {
    log.info("import seen before", { import: id });
    return "done";
  }
  const key = { source: "uploads", id: `${id}/chunk-${chunk}` };
  const claim = await ledger.claim(key, { owner, leaseSeconds });
  if (claim.state !== "claimed") return "later";
  try {
    const isDone =
      (await ledger.finishedChunks(importKey(id))).has(chunk) ||
      (await runRows(plan, chunk, ports, deadline)) === "done";
    if (!isDone) {
      log.info("chunk handed over", { import: id, chunk });
      // Or whoever comes next would find it taken.
      await ledger.release(key, owner);
      await queue.send([message]);
      return "done";
    }
    const finished = await ledger.finishChunk(importKey(id), chunk, keepSeconds);
    const { rows, rowsDone } = await writeProgress(objects, plan, finished, clock.now());
    log.info("chunk done", { import: id, chunk, rowsDone, rows });
    // Also when it was done before: whoever did it may have died before this.
    const next = chunk + chunksAtOnce[plan.kind];
    if (next < plan.chunks.length) await queue.send([{ ...message, chunk: next }]);
    if (finished.size === plan.chunks.length) await queue.send([{ kind: "finish", bucket, import: id }]);
    return "done";
  } catch (error) {
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("chunk comes again", { import: id, chunk, code: error.code, reason: error.reason });
    return "later";
  } finally {
    await ledger.release(key, owner);
  }
}

async function runRows(
  plan: ImportPlan,
  chunk: number,
  ports: RunPorts,
  deadline: number,
): Promise<"done" | "time-is-up"> {
  let part = 0;
  let rest: Rest = plan.chunks[chunk] as Chunk;
  for (;;) {
    const before = await readPart(ports.objects, plan, chunk, part);
    if (!before) break;
    if (!before.rest) return "done";
    rest = before.rest;
    part += 1;
  }

  const results = collectResults();
  const awaiting: Row[] = [];
  let upload: Upload | undefined;
  /** The first row that nothing was done about. */
  let next: Row | undefined;
  let problem: FileProblem | undefined;
  let stopped: InboundError | undefined;
  try {
    upload = await readUpload(plan, chunk, rest, ports);
    const own = rowsBefore(upload.rows, plan.chunks[chunk + 1]?.start);
    for await (const rows of inGroups(rowsFrom(own, rest, awaiting), rowsAtOnce)) {
      [next] = rows;
      // What has been reached is kept, unless nothing has.
      if (results.rows > 0 && ports.clock.now() >= deadline) break;
      const decided = await deliverRows(rows, upload, plan, ports, deadline);
      const waits = decided.filter(awaitsPerson);
      const settled = decided.filter((each) => !waits.includes(each));
      await tellRows(settled, upload, results, plan, ports);
      awaiting.push(...waits.map(({ row }) => row));
      next = undefined;
    }
    if (next === undefined) await deliverAwaiting(awaiting, upload, results, plan, ports, deadline);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    if (error.retryable) {
      if (results.rows === 0) throw error;
      stopped = error;
    } else {
      // The file is gone. What came before stands.
      problem = { reason: error.reason, ...(error.hint !== undefined && { hint: error.hint }) };
    }
  }
  const left = problem ? undefined : restOf(awaiting, next);
  await writePart(ports.objects, plan, [chunk, part], {
    results: results.all(),
    unusedColumns: upload?.unmapped() ?? [],
    ...(problem && { problem }),
    ...(left && { rest: left }),
  });
  if (stopped && stopped.reason !== "time-is-up" && ports.clock.now() < deadline) throw stopped;
  return left ? "time-is-up" : "done";
}

function restOf(awaiting: readonly Row[], next: Row | undefined): Rest | undefined {
  const first = awaiting[0] ?? next;
  return (
    first && {
      row: first.row,
      start: first.start,
      ...(awaiting.length > 0 && {
        awaiting: { rows: awaiting.map(({ row }) => row), next: next?.row ?? Number.MAX_SAFE_INTEGER },
      }),
    }
  );
}

/** The rows of a chunk from `rest` on, with everything that is needed to read them in memory: a connection would not wait. */
async function readUpload(
  plan: ImportPlan,
  chunk: number,
  { row, start }: Rest,
  { objects, translation }: RunPorts,
): Promise<Upload> {
  const { end, rows } = plan.chunks[chunk] as Chunk;
  const pieces = rows === 0 ? [] : await Array.fromAsync(await objects.read(plan.object, { start, end }));
  async function* bytes() {
    yield* pieces;
  }
  return openKind(plan.kind, readTableOn(plan, bytes(), { row, start }), translation);
}

/** A row and what became of it. */
type DecidedRow = ReturnType<Upload["translate"]> & { readonly row: Row; readonly outcome: Outcome };

async function deliverRows(
  rows: readonly Row[],
  upload: Upload,
  { import: id }: Pick<ImportPlan, "import">,
  ports: DeliveryPorts,
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

/** Looks for the people of secrets for as long as some of them come. Those that are decided are taken away from `awaiting`. */
async function deliverAwaiting(
  awaiting: Row[],
  upload: Upload,
  results: ResultCollector,
  plan: ImportPlan,
  ports: DeliveryPorts,
  deadline: number,
): Promise<void> {
  while (awaiting.length > 0) {
    await ports.clock.wait(lookAgainMilliseconds);
    const decided: DecidedRow[] = [];
    for (let start = 0; start < awaiting.length; start += rowsAtOnce) {
      const group = awaiting.slice(start, start + rowsAtOnce);
      decided.push(...(await deliverRows(group, upload, plan, ports, deadline)));
    }
    const waits = decided.filter(awaitsPerson);
    const isOver = waits.length === awaiting.length;
    const settled = isOver ? decided : decided.filter((each) => !awaitsPerson(each));
    await tellRows(settled, upload, results, plan, ports);
    awaiting.splice(0, awaiting.length, ...(isOver ? [] : waits.map(({ row }) => row)));
  }
}

/** Writes down what became of rows. Only from then on are they decided: those that come again are told of then. */
async function tellRows(
  rows: readonly DecidedRow[],
  upload: Upload,
  results: ResultCollector,
  { import: id, startedAt }: Pick<ImportPlan, "import" | "startedAt">,
  ports: Pick<DeliveryPorts, "authing" | "clock" | "ledger">,
): Promise<void> {
  /** Fields that the dialect of the configuration does not have. */
  const droppedOf = (change: Change | undefined) =>
    change?.kind === "create" ? droppedOnWire(change, ports.authing.dialect) : [];
  const records = rows.map(({ row, change, outcome }): EventRecord => {
    const leftOut = change?.kind === "create" ? [...(change.leftOut ?? []), ...droppedOf(change)] : [];
    const externalId = change && externalIdOf(change);
    const about = {
      id: `${id}/${row.row}`,
      type: "row",
      outcome,
      ...(externalId !== undefined && { externalId }),
      ...(change && { changes: [change.kind] }),
      ...(change && "trail" in change && { trail: change.trail }),
      ...(leftOut.length > 0 && { leftOut }),
    };
    return recordOf(about, startedAt, ports.clock.now());
  });
  await ports.ledger.settle(records, keepSeconds);
  for (const { row, change, problems, notes, outcome } of rows) {
    const reasons = problems.length > 0 ? problems : [{ code: outcome.reason ?? "", column: outcome.field }];
    const externalId = change && externalIdOf(change);
    results.add({
      row: row.row,
      outcome,
      original: upload.original(row),
      reasons: reasons.map(wordOf),
      notes: [
        ...notes,
        ...droppedOf(change).map(({ path, problem }) => ({ column: path, code: problem })),
      ].map(wordOf),
      ...(externalId !== undefined && { externalId }),
    });
  }
}

function wordOf({ code, column }: { code: string; column?: string | undefined }): string {
  return column === undefined || column === "" ? code : `${column}: ${code}`;
}

function externalIdOf(change: Change): string | undefined {
  return change.kind === "create" ? change.person.externalId : change.who.externalId;
}

/** The rows that start before a byte: the bytes of a chunk may reach into the next one. */
async function* rowsBefore(rows: AsyncIterable<Row>, byte = Number.POSITIVE_INFINITY): AsyncGenerator<Row> {
  for await (const row of rows) {
    if (row.start >= byte) return;
    yield row;
  }
}

/** The rows that nothing was done about yet; those that are awaited are put where they are expected. */
async function* rowsFrom(rows: AsyncIterable<Row>, { awaiting }: Rest, expected: Row[]): AsyncGenerator<Row> {
  const awaited = new Set(awaiting?.rows);
  for await (const row of rows) {
    if (awaiting === undefined || row.row >= awaiting.next) yield row;
    else if (awaited.has(row.row)) expected.push(row);
  }
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
