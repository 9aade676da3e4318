import { InboundError } from "#lib/contract/errors.ts";
import type { ImportMessage, ImportQueue } from "#lib/contract/import-queue.ts";
import { outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { chunkProgress } from "./chunk-progress.ts";
import { chunksAtOnceOf, readPlan, type ImportPlan } from "./import-plan.ts";
import { chunkKey, importKey, leaseSeconds } from "./ledger-entries.ts";
import { writeProgress } from "./progress.ts";
import { runRows, type RowPorts } from "./run-rows.ts";

export interface RunPorts extends RowPorts {
  readonly queue: ImportQueue;
}

export type ChunkMessage = Extract<ImportMessage, { kind: "chunk" }>;

/**
 * Delivers the rows of one chunk to Authing and writes their results. Rows that there was no time for are handed over: the same
 * message is queued again, and the next invocation goes on from the row that was reached. Then it queues what follows: another
 * chunk, or the finish once all chunks are done. It may be called for a chunk any number of times, and an invocation may end at
 * any moment.
 *
 * @param run `deadline` in milliseconds since 1970: no new rows are begun after it.
 * @returns `later` when the message has to be delivered again.
 */
export async function runChunk(
  message: ChunkMessage,
  ports: RunPorts,
  { owner, deadline }: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  const { bucket, chunk, import: id } = message;
  const { ledger, log, objects, queue } = ports;
  const plan = await readPlan(objects, bucket, id);
  if (!plan) {
    log.info("import seen before", { import: id });
    return "done";
  }
  const key = chunkKey(id, chunk);
  const claim = await ledger.claim(key, { owner, leaseSeconds });
  if (claim.state !== "claimed") return "later";
  try {
    const progress = chunkProgress(plan, chunk, ports);
    const decided: RunPorts["decided"] = (rows) => {
      ports.decided?.(rows);
      progress.add(rows.length);
    };
    const isDone =
      (await ledger.finishedChunks(importKey(id))).has(chunk) ||
      (await runRows(plan, chunk, { ...ports, decided }, deadline)) === "done";
    // What is said of a chunk that is done is said last.
    await progress.settled();
    if (isDone) {
      await finishChunk(plan, message, ports);
    } else {
      log.info("chunk handed over", { import: id, chunk });
      // Released first: the next invocation may receive the message at once, and would find the chunk claimed.
      await ledger.release(key, owner);
      await queue.send([message]);
    }
    return "done";
  } catch (error) {
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("chunk retried", { import: id, chunk, code: error.code, reason: error.reason });
    return "later";
  } finally {
    await ledger.release(key, owner);
  }
}

/**
 * Notes that a chunk is done and queues what follows. Also for a chunk that was done before: the invocation that did it may have
 * ended before it queued anything.
 */
async function finishChunk(
  plan: ImportPlan,
  message: ChunkMessage,
  { clock, ledger, log, objects, queue }: RunPorts,
): Promise<void> {
  const { bucket, chunk, import: id } = message;
  const finished = await ledger.finishChunk(importKey(id), chunk, outcomesKeptSeconds);
  const { rows, rowsDone } = await writeProgress(objects, plan, finished, clock.now());
  log.info("chunk done", { import: id, chunk, rowsDone, rows });
  const next = chunk + chunksAtOnceOf(plan);
  if (next < plan.chunks.length) await queue.send([{ ...message, chunk: next }]);
  if (finished.size === plan.chunks.length) await queue.send([{ kind: "finish", bucket, import: id }]);
}
