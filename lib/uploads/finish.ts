import { InboundError } from "#lib/contract/errors.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { planKey, readPlan, type ImportPlan } from "./import-plan.ts";
import { importKey, leaseSeconds } from "./ledger-entries.ts";
import type { SampleRow } from "./sample.ts";
import { partKey, partsOf, type StoredPart, type StoredResults } from "./parts.ts";
import { recordOutcome, type FileEnd, type OutcomePorts } from "./record-outcome.ts";
import { joinedColumns, noColumns, type ToldColumns } from "./told-columns.ts";
import type { PreviewState } from "./preview-state.ts";

export type FinishPorts = OutcomePorts;

export type FinishMessage = Extract<ImportMessage, { kind: "finish" }>;

/**
 * Ends an import whose chunks are all done: joins their parts, records the outcome and deletes what is no longer needed, the
 * plan last, since a plan means that something may be left to do. It may be called any number of times, and an invocation may
 * end at any moment.
 *
 * @returns `later` when the message has to be delivered again.
 */
export async function finishImport(
  { bucket, import: id }: FinishMessage,
  ports: FinishPorts,
  { owner }: { owner: string },
): Promise<"done" | "later"> {
  const { ledger, log, objects } = ports;
  const plan = await readPlan(objects, bucket, id);
  if (!plan) {
    log.info("import seen before", { import: id });
    return "done";
  }
  const key = importKey(id);
  const claim = await ledger.claim(key, { owner, leaseSeconds });
  if (claim.state === "busy") return "later";
  try {
    const { outcome, parts } =
      claim.state === "settled"
        ? { outcome: claim.record.outcome, parts: await partsLeft(plan, objects) }
        : await joinParts(plan, ports);
    await deleteSecrets(plan, outcome, objects);
    await deleteRows(plan, objects);
    await deleteParts(plan, parts, objects);
    await objects.remove({ bucket, key: planKey(id) });
    return "done";
  } catch (error) {
    await ledger.release(key, owner);
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("import retried", { import: id, code: error.code, reason: error.reason });
    return "later";
  }
}

/** How many parts each chunk has. */
type PartCounts = readonly number[];

/** Joins the results of all parts, in the order of the file, and records the outcome. */
async function joinParts(
  plan: ImportPlan,
  ports: FinishPorts,
): Promise<{ readonly outcome: Outcome; readonly parts: PartCounts }> {
  const parts: number[] = plan.chunks.map(() => 0);
  let columns: ToldColumns = noColumns;
  let problem: FileEnd["problem"];
  const sample: SampleRow[] = [];
  let state: PreviewState | undefined;
  async function* results(): AsyncGenerator<StoredResults> {
    for (const chunk of plan.chunks.keys()) {
      for await (const part of allParts(plan, chunk, ports.objects)) {
        columns = joinedColumns([columns, part.columns]);
        problem ??= part.problem;
        sample.push(...(part.sample ?? []));
        state = part.preview ?? state;
        parts[chunk] = (parts[chunk] ?? 0) + 1;
        yield part.results;
      }
    }
  }
  const outcome = await recordOutcome(
    plan,
    results(),
    () => ({ columns, ...(problem && { problem }), ...(state && { foretold: { sample, state } }) }),
    ports,
  );
  return { outcome, parts };
}

async function* allParts(plan: ImportPlan, chunk: number, objects: ObjectStore): AsyncGenerator<StoredPart> {
  let isWhole = false;
  for await (const part of partsOf(objects, plan, chunk)) {
    yield part;
    isWhole = !part.rest;
  }
  // The last part of a chunk is written before the chunk is noted as done, so it is only late in arriving.
  if (!isWhole) throw new InboundError("unavailable", "part-missing");
}

/**
 * Deletes an uploaded file of TOTP secrets once its import has ended: secrets are kept no longer than needed. A person who
 * corrects a row has the secrets where the file came from. A file that was refused stays, and so does one that is only previewed, until the
 * preview is carried out.
 */
async function deleteSecrets(
  { kind, object, isPreview }: ImportPlan,
  outcome: Outcome,
  objects: ObjectStore,
): Promise<void> {
  if (kind === "otp" && !isPreview && outcome.kind === "accepted" && object.versionId !== undefined) {
    await objects.remove(object);
  }
}

/**
 * Deletes the stored rows for good: they hold passwords and secrets. A plan that was begun twice has written them twice: what is left of the
 * first time would be the newest version then, so the name is deleted too, and the bucket forgets what is behind it after a day.
 */
async function deleteRows({ stored }: ImportPlan, objects: ObjectStore): Promise<void> {
  await objects.remove(stored);
  await objects.remove({ bucket: stored.bucket, key: stored.key });
}

/** The parts that an invocation has left which recorded the outcome and ended before it had deleted all of them. */
async function partsLeft(plan: ImportPlan, objects: ObjectStore): Promise<PartCounts> {
  const parts: number[] = [];
  for (const chunk of plan.chunks.keys()) {
    let count = 0;
    for await (const _ of partsOf(objects, plan, chunk)) count += 1;
    parts.push(count);
  }
  return parts;
}

async function deleteParts(plan: ImportPlan, parts: PartCounts, objects: ObjectStore): Promise<void> {
  for (const [chunk, count] of parts.entries()) {
    // The last one first: an invocation that ends in between leaves parts that are still found from part 0 on.
    for (let number = count - 1; number >= 0; number -= 1)
      await objects.remove({ bucket: plan.object.bucket, key: partKey(plan.import, chunk, number) });
  }
}
