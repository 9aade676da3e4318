import type { Clock } from "#lib/contract/clock.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { folderOf, keepSeconds, recordOf, type ImportPlan } from "./import.ts";
import { writeResults, type FileProblem, type RowResults } from "./results.ts";

export interface EndPorts {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** What is known of a file once all results have been seen. */
export interface FileEnd {
  readonly unusedColumns: readonly string[];
  /** Why it was refused, or not read to its end. */
  readonly problem?: FileProblem;
}

/** Ends an import: writes its results, the summary last, and settles it. From then on the same upload is `already-done`. */
export async function endImport(
  plan: Omit<ImportPlan, "rows" | "chunks">,
  results: AsyncIterable<RowResults>,
  end: () => FileEnd,
  { ledger, objects, clock, log }: EndPorts,
): Promise<Outcome> {
  const { import: id, kind, object, details, startedAt } = plan;
  const target = { bucket: object.bucket, folder: folderOf(id), columns: plan.columns ?? ["original"] };
  const summary = await writeResults(objects, target, results, () => {
    const { problem, unusedColumns } = end();
    return {
      import: id,
      kind,
      object: { key: object.key, ...(object.versionId !== undefined && { versionId: object.versionId }) },
      startedAt,
      state: problem ? "refused" : "finished",
      ...(problem && { problem }),
      details,
      unusedColumns,
      finishedAt: new Date(clock.now()).toISOString(),
    };
  });
  const { state, problem, rows, accepted, alreadyDone, rejected } = summary;
  const outcome: Outcome = problem ? { kind: "rejected", reason: problem.reason } : { kind: "accepted" };
  await ledger.settle([recordOf({ id, type: "import", outcome }, startedAt, clock.now())], keepSeconds);
  log.info(
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
  return outcome;
}
