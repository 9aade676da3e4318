import type { ObjectStore } from "#lib/contract/objects.ts";
import { importFolder } from "./import-id.ts";
import type { ImportPlan } from "./import-plan.ts";
import { writeJson } from "./stored-objects.ts";

/** How far an import is, for the person who waits for it. Stored at `results/<import>/progress.json`. */
export interface ImportProgress {
  readonly import: string;
  readonly rows: number;
  /** Rows that are decided: of the chunks that are done, and of the chunk whose run wrote this. */
  readonly rowsDone: number;
  /** Since the import began. */
  readonly rowsPerSecond: number;
  /** ISO 8601, UTC, like the other times. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** When the import ends if it keeps its speed; absent while no row is done. */
  readonly estimatedEndAt?: string;
}

/**
 * Writes how far an import is. Two invocations may write at the same time; the one that finishes the last chunk writes last.
 *
 * @param finished the chunks that are done.
 * @param more rows of another chunk that are decided.
 * @param now milliseconds since 1970.
 */
export async function writeProgress(
  objects: ObjectStore,
  plan: ImportPlan,
  finished: ReadonlySet<number>,
  now: number,
  more = 0,
): Promise<ImportProgress> {
  const rowsDone = plan.chunks.reduce((sum, { rows }, chunk) => sum + (finished.has(chunk) ? rows : 0), more);
  const startedAt = Date.parse(plan.startedAt);
  const progress: ImportProgress = {
    import: plan.import,
    rows: plan.rows,
    rowsDone,
    rowsPerSecond: now > startedAt ? Math.round((rowsDone * 1000) / (now - startedAt)) : 0,
    startedAt: plan.startedAt,
    updatedAt: new Date(now).toISOString(),
    ...(rowsDone > 0 && {
      estimatedEndAt: new Date(
        Math.round(now + ((now - startedAt) / rowsDone) * (plan.rows - rowsDone)),
      ).toISOString(),
    }),
  };
  await writeJson(objects, plan.object.bucket, `${importFolder(plan.import)}/progress.json`, progress);
  return progress;
}
