import { InboundError } from "#lib/contract/errors.ts";
import type { ExistingPolicy } from "#lib/contract/policies.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { DeliveryPorts } from "#lib/delivery/context.ts";
import { isImagined } from "#lib/delivery/imagined-accounts.ts";
import { rehearsalPorts } from "#lib/delivery/rehearsal-authing.ts";
import { inGroups, readChunk, rowsFrom } from "./chunk-rows.ts";
import { awaitsPerson, translateRows, type DeliveredRow } from "./deliver-rows.ts";
import { inFlight } from "./rows-in-flight.ts";
import { chunksAtOnceOf, type Chunk, type ImportPlan } from "./import-plan.ts";
import { partsOf, writePart, type Rest } from "./parts.ts";
import { openPreview, stateBefore, type RowPreview } from "./preview-state.ts";
import { recordRows } from "./record-rows.ts";
import { rejectedFile } from "./rejected-file.ts";
import { collectResults, type ResultCollector } from "./row-results.ts";
import { rowTranslator, type RowSettings, type RowTranslator } from "./rows/row-translator.ts";
import { sampledRows, sampleOf, type SampleRow } from "./sample.ts";
import { columnsOf } from "./told-columns.ts";
import type { StoredRow } from "./stored-rows.ts";

export interface RowPorts extends DeliveryPorts {
  readonly objects: ObjectStore;
  readonly rows: RowSettings;
  readonly existing: ExistingPolicy;
  /** Told of each group of rows when it is decided, by a process that shows how far it is. */
  readonly decided?: (rows: readonly DeliveredRow[]) => void;
  /** Whether the process is about to end: then no new rows are begun, as when the time is up. */
  readonly isStopping?: () => boolean;
}

/** Rows that are delivered together: as many as Authing accepts in one call. */
const rowsAtOnce = 50;
/** So many groups are with Authing at the same time: the pace decides how fast they go, and the time that each call takes does not. */
const groupsAtOnce = 8;
/** How long to wait before people whose secrets came first are looked up again, in milliseconds. */
const lookAgainMilliseconds = 5_000;

/** The work of one invocation on one chunk. */
interface ChunkRun {
  readonly plan: ImportPlan;
  readonly chunk: number;
  readonly ports: RowPorts;
  /** Authing itself, also in a preview. */
  readonly real: Pick<RowPorts, "authing" | "pace">;
  readonly deadline: number;
  /** The rows that are decided. */
  readonly results: ResultCollector;
  /** Rows with TOTP secrets whose people are not in Authing yet. */
  readonly awaiting: StoredRow[];
  /** Of a preview: the first rows of the file. */
  readonly sample: SampleRow[];
  /** The first row that was neither decided nor added to `awaiting`; `undefined` when there is none, or none was read yet. */
  next: StoredRow | undefined;
  translator: RowTranslator | undefined;
}

/**
 * Delivers the rows of a chunk that no part holds yet, and writes the next part.
 *
 * @param deadline in milliseconds since 1970.
 * @returns `time-is-up` when rows are left: the chunk has to be run again.
 * @throws InboundError retryable, when the cause is not the time; rows that are decided are in the part that was written.
 */
export async function runRows(
  plan: ImportPlan,
  chunk: number,
  given: RowPorts,
  deadline: number,
): Promise<"done" | "time-is-up"> {
  const place = await placeReached(plan, chunk, given.objects);
  if (!place) return "done";
  const preview = plan.isPreview && (await previewOf(plan, [chunk, place.part], given));
  const ports = preview ? previewPorts(given, deadline, preview) : given;
  const results = collectResults(rejectedFile(plan));
  const run: ChunkRun = {
    plan,
    chunk,
    ports,
    real: given,
    deadline,
    results,
    awaiting: [],
    sample: [],
    next: undefined,
    translator: undefined,
  };
  const failure = await deliverFrom(place.rest, run);
  // Without a decided row there is nothing to keep: a part would only say what the one before it says.
  if (failure?.retryable && results.rows === 0) throw failure;
  // A permanent failure means that the file is gone. The rows that are decided stay so.
  const problem = failure && !failure.retryable ? failure : undefined;
  const rest = problem ? undefined : restOf(run);
  await writePart(ports.objects, plan, [chunk, place.part], {
    results: results.all(),
    columns: columnsOf(run.translator),
    ...(problem && {
      problem: { reason: problem.reason, ...(problem.hint !== undefined && { hint: problem.hint }) },
    }),
    ...(rest && { rest }),
    ...(preview && { preview: preview.state(), sample: run.sample }),
  });
  const isTimeUp = failure?.reason === "time-is-up" || isOver(run);
  if (failure?.retryable && !isTimeUp) throw failure;
  return rest ? "time-is-up" : "done";
}

async function previewOf(
  plan: ImportPlan,
  place: readonly [chunk: number, part: number],
  ports: RowPorts,
): Promise<RowPreview> {
  const before = await stateBefore(plan, place, ports.objects);
  return openPreview(plan, before, ports, rowTranslator(plan, ports.rows));
}

/** Ports that read what the real ones read, and write nothing at Authing and nothing about people. */
function previewPorts(ports: RowPorts, deadline: number, { imagined, ledger }: RowPreview): RowPorts {
  return {
    ...ports,
    ...rehearsalPorts({ ...ports, deadline }, {}, imagined),
    ledger,
  };
}

/** The number of the next part and where it begins; `undefined` when the parts hold the whole chunk. */
async function placeReached(
  plan: ImportPlan,
  chunk: number,
  objects: ObjectStore,
): Promise<{ part: number; rest: Rest } | undefined> {
  let rest: Rest = plan.chunks[chunk] as Chunk;
  let part = 0;
  for await (const before of partsOf(objects, plan, chunk)) {
    if (!before.rest) return undefined;
    rest = before.rest;
    part += 1;
  }
  return { part, rest };
}

/** Delivers rows from `rest` on and records their outcomes, until the rows or the time end. Returns what stopped it early. */
async function deliverFrom(rest: Rest, run: ChunkRun): Promise<InboundError | undefined> {
  const { plan, chunk, ports, deadline, results, awaiting } = run;
  try {
    const rows = await readChunk(plan, chunk, rest, ports.objects);
    const translator = rowTranslator(plan, ports.rows);
    run.translator = translator;
    const groups = inGroups(rowsFrom(rows, rest, awaiting), rowsAtOnce);
    // Where chunks follow each other since the order of rows counts, groups do, too.
    const flying = inFlight(groups, chunksAtOnceOf(plan) === 1 ? 1 : groupsAtOnce, (group) =>
      translateRows(group, translator, plan, ports),
    );
    try {
      for (;;) {
        // An invocation always decides at least one group, which has all of its time for itself, so that a chunk gets done however little that is.
        flying.begin(deadline, (begun) => (results.rows === 0 ? begun === 0 : !isOver(run)));
        run.next = flying.next;
        const delivered = await flying.land();
        if (!delivered) break;
        const waiting = delivered.filter(awaitsPerson);
        await record(
          delivered.filter((row) => !waiting.includes(row)),
          translator,
          run,
        );
        awaiting.push(...waiting.map(({ row }) => row));
      }
    } finally {
      await flying.settle();
    }
    if (run.next) return undefined;
    await deliverAwaiting(translator, run);
    return undefined;
  } catch (error) {
    if (error instanceof InboundError) return error;
    throw error;
  }
}

/** Looks up the people of waiting secrets again and again, until all are there or a round finds none of them. */
async function deliverAwaiting(translator: RowTranslator, run: ChunkRun): Promise<void> {
  const { plan, ports, deadline, awaiting } = run;
  while (awaiting.length > 0 && !ports.isStopping?.()) {
    await ports.clock.wait(lookAgainMilliseconds);
    const delivered: DeliveredRow[] = [];
    for (let start = 0; start < awaiting.length; start += rowsAtOnce) {
      const group = awaiting.slice(start, start + rowsAtOnce);
      delivered.push(...(await translateRows(group, translator, plan, ports).deliver(deadline)));
    }
    const waiting = delivered.filter(awaitsPerson);
    const isOver = waiting.length === awaiting.length;
    await record(isOver ? delivered : delivered.filter((row) => !awaitsPerson(row)), translator, run);
    awaiting.splice(0, awaiting.length, ...(isOver ? [] : waiting.map(({ row }) => row)));
  }
}

async function record(
  rows: readonly DeliveredRow[],
  translator: RowTranslator,
  { results, plan, chunk, ports, real: { authing, pace }, sample, deadline }: ChunkRun,
): Promise<void> {
  const left = plan.isPreview && chunk === 0 ? sampledRows - results.rows : 0;
  if (left > 0) sample.push(...(await sampleOf(rows.slice(0, left), { ...ports, authing, pace, deadline })));
  await recordRows(plan.isPreview ? rows.map(withoutImagined) : rows, translator, results, plan, ports);
  ports.decided?.(rows);
}

/** An account that would be created has no id yet. */
const withoutImagined = ({ row, entries }: DeliveredRow): DeliveredRow => ({
  row,
  entries: entries.map((entry) => {
    const { userId, ...outcome } = entry.outcome;
    return userId !== undefined && isImagined(userId) ? { ...entry, outcome } : entry;
  }),
});

const isOver = ({ ports, deadline }: ChunkRun): boolean =>
  ports.clock.now() >= deadline || ports.isStopping?.() === true;

/** Where the next invocation goes on; `undefined` when every row of the chunk is decided. */
function restOf({ awaiting, next }: ChunkRun): Rest | undefined {
  const first = awaiting[0] ?? next;
  return (
    first && {
      start: first.start,
      ...(awaiting.length > 0 && {
        awaiting: { rows: awaiting.map(({ start }) => start), next: next?.start ?? Number.MAX_SAFE_INTEGER },
      }),
    }
  );
}
