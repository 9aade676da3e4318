import { setTimeout as wait } from "node:timers/promises";
import type { FollowedImport } from "#lib/uploads/operations.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { importProgress } from "./import-progress.ts";
import type { Operate, Place } from "./operations-client.ts";

/** Whether a stack carries a command out, and not this process. */
export const isElsewhere = ({ url, stage }: Place): boolean => url !== undefined || stage !== undefined;

/** How often a stack is asked. */
const askAgainMilliseconds = 2_000;

/** Waits until an import that runs elsewhere has ended, and shows how far it is. */
export async function followed(id: string, operate: Operate): Promise<ImportSummary> {
  const shown = importProgress(process.stderr);
  let rowsDone: number | undefined;
  for (;;) {
    const { progress, summary } = await operate<FollowedImport>({ operation: "follow-import", import: id });
    if (progress && rowsDone === undefined) shown.begins(progress.rows, progress.rowsDone);
    else if (progress) shown.decided(progress.rowsDone - (rowsDone ?? 0));
    rowsDone = progress?.rowsDone ?? rowsDone;
    if (summary) {
      shown.ends();
      return summary;
    }
    await wait(askAgainMilliseconds);
  }
}
