import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { importKey, leaseSeconds, planKey, readPlan, type ImportPlan } from "./import.ts";
import { partKey, readPart, type Part } from "./parts.ts";
import type { RowResults } from "./results.ts";
import { maxUnmapped } from "./rows/upload.ts";
import { endImport, type EndPorts, type FileEnd } from "./settle.ts";

export type FinishMessage = Extract<ImportMessage, { kind: "finish" }>;

/**
 * Ends an import whose chunks are all done: puts their parts together, settles it and clears up, the plan last: while it is
 * there, something may be left to do. It may be told any number of times, and may die at any moment. `later` means that it
 * must be told again.
 */
export async function finishImport(
  { bucket, import: id }: FinishMessage,
  ports: EndPorts,
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
    const outcome = claim.state === "settled" ? claim.record.outcome : await end(plan, ports);
    await forgetSecrets(plan, outcome, objects);
    await clearUp(plan, objects);
    return "done";
  } catch (error) {
    await ledger.release(key, owner);
    if (!(error instanceof InboundError && error.retryable)) throw error;
    log.warn("import comes again", { import: id, code: error.code, reason: error.reason });
    return "later";
  }
}

function end(plan: ImportPlan, ports: EndPorts): Promise<Outcome> {
  const unusedColumns = new Set<string>();
  let problem: FileEnd["problem"];
  async function* results(): AsyncGenerator<RowResults> {
    for (const chunk of plan.chunks.keys()) {
      for await (const part of partsOf(plan, chunk, ports.objects)) {
        for (const column of part.unusedColumns) {
          if (unusedColumns.size < maxUnmapped) unusedColumns.add(column);
        }
        problem ??= part.problem;
        yield part.results;
      }
    }
  }
  return endImport(
    plan,
    results(),
    () => ({ unusedColumns: [...unusedColumns], ...(problem && { problem }) }),
    ports,
  );
}

async function* partsOf(plan: ImportPlan, chunk: number, objects: ObjectStore): AsyncGenerator<Part> {
  for (let number = 0; ; number += 1) {
    const part = await readPart(objects, plan, chunk, number);
    // Nobody says that a chunk is done before its last part is there.
    if (!part) throw new InboundError("unavailable", "part-missing");
    yield part;
    if (!part.rest) return;
  }
}

/** TOTP secrets do not lie about once their import has ended; whoever mends a row has them where they came from. */
async function forgetSecrets(
  { kind, object }: ImportPlan,
  { kind: became }: Outcome,
  objects: ObjectStore,
): Promise<void> {
  if (kind === "otp" && became === "accepted" && object.versionId !== undefined) await objects.remove(object);
}

async function clearUp(plan: ImportPlan, objects: ObjectStore): Promise<void> {
  const { bucket } = plan.object;
  for (const chunk of plan.chunks.keys()) {
    const keys: string[] = [];
    for (;;) {
      const part = await readPart(objects, plan, chunk, keys.length);
      if (part) keys.push(partKey(plan.import, chunk, keys.length));
      if (!part?.rest) break;
    }
    // The last one first: those that are left still lead to one another.
    for (const key of keys.toReversed()) await objects.remove({ bucket, key });
  }
  await objects.remove({ bucket, key: planKey(plan.import) });
}
