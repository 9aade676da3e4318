import type { Clock } from "#lib/contract/clock.ts";
import type { Ledger } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { recentMessages } from "#lib/contract/recent.ts";
import { outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { estimateOf } from "./estimate.ts";
import { importFolder } from "./import-id.ts";
import type { ImportPlan } from "./import-plan.ts";
import { importRecord, uploadsSource } from "./ledger-entries.ts";
import { rejectedFile, unusedOfFile } from "./rejected-file.ts";
import { writeResults, type FileProblem } from "./result-files.ts";
import { differencesFrom } from "./differences.ts";
import type { PreviewState } from "./preview-state.ts";
import type { SampleRow } from "./sample.ts";
import type { ToldColumns } from "./told-columns.ts";
import type { StoredResults } from "./parts.ts";

export interface OutcomePorts {
  readonly ledger: Ledger;
  readonly objects: ObjectStore;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** What is known of a file once all its results have been read. */
export interface FileEnd {
  readonly columns: ToldColumns;
  /** Why it was refused, or not read to its end. */
  readonly problem?: FileProblem;
  /** Of a preview. */
  readonly foretold?: { readonly sample: readonly SampleRow[]; readonly state: PreviewState };
}

/**
 * Ends an import: writes its results, the summary last, and records its outcome in the ledger. From then on a notification of
 * the same file has no effect.
 *
 * @param end called after the last of `results` was read.
 */
export async function recordOutcome(
  plan: Omit<ImportPlan, "rows" | "chunks" | "stored">,
  results: AsyncIterable<StoredResults>,
  end: () => FileEnd,
  { ledger, objects, clock, log }: OutcomePorts,
): Promise<Outcome> {
  const { import: id, kind, source, details, layout, startedAt, settings, preview, requestsPerSecond } = plan;
  const { bucket, ...object } = plan.object;
  const target = { bucket, folder: importFolder(id), file: rejectedFile(plan), columns: plan.columns };
  const summary = await writeResults(objects, target, results, (counts, reasons) => {
    const { problem, columns, foretold } = end();
    const { repeated, saved, isPartial } = foretold?.state ?? {};
    const isOrdered = (repeated?.hashes.length ?? 0) > 0 || (saved?.freeing.length ?? 0) > 0;
    const differs = preview && differencesFrom(preview, counts, reasons);
    return {
      import: id,
      kind,
      ...(source !== undefined && { source }),
      object,
      ...(settings && { settings }),
      ...(preview && { preview }),
      ...(differs && { differsFromPreview: differs }),
      ...(foretold && { sample: foretold.sample }),
      ...(isOrdered && { isOrdered }),
      ...((isPartial ?? repeated?.isPartial) && { isRough: true as const }),
      ...(requestsPerSecond !== undefined && { estimate: estimateOf(counts, requestsPerSecond) }),
      startedAt,
      state: problem ? "refused" : plan.isPreview ? "previewed" : "finished",
      ...(problem && { problem }),
      details: { ...details, ...(layout !== undefined && { layout }) },
      unusedColumns: unusedOfFile(columns.unused),
      columnNotes: columns.notes,
      mapping: columns.mapping,
      finishedAt: new Date(clock.now()).toISOString(),
    };
  });
  const { state, problem, rows, accepted, alreadyDone, rejected } = summary;
  const outcome: Outcome = problem ? { kind: "rejected", reason: problem.reason } : { kind: "accepted" };
  await ledger.settle([importRecord(plan, outcome, clock.now())], outcomesKeptSeconds);
  log.info(
    recentMessages.fileSettled,
    {
      source: uploadsSource,
      import: id,
      state,
      reason: problem?.reason,
      rows,
      accepted,
      alreadyDone,
      rejected,
    },
    {
      ...(state === "refused" ? { FilesRefused: 1 } : state === "finished" && { FilesFinished: 1 }),
      // A preview brings no person.
      ...(state !== "previewed" && {
        RowsAccepted: accepted,
        RowsAlreadyDone: alreadyDone,
        RowsRejected: rejected,
      }),
    },
  );
  return outcome;
}
