import type { RunPorts } from "./run.ts";
import type { ImportPlan } from "./import-plan.ts";
import { importKey } from "./ledger-entries.ts";
import { partsOf } from "./parts.ts";
import { writeProgress } from "./progress.ts";

/** How often a run says how far it is, in milliseconds. */
const everyMilliseconds = 5_000;

/** Writes the progress of an import while one of its chunks is run. */
export interface ChunkProgress {
  /** So many more rows are decided. */
  add(rows: number): void;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

/** @param chunk the chunk that is run; rows of its earlier parts count, too. */
export function chunkProgress(
  plan: ImportPlan,
  chunk: number,
  { clock, ledger, log, objects }: Pick<RunPorts, "clock" | "ledger" | "log" | "objects">,
): ChunkProgress {
  let rows = 0;
  let earlier: Promise<number> | undefined;
  let writtenAt = clock.now();
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      earlier ??= rowsOfParts();
      const more = (await earlier) + rows;
      await writeProgress(
        objects,
        plan,
        await ledger.finishedChunks(importKey(plan.import)),
        clock.now(),
        more,
      );
    } catch {
      // It is only looked at: what cannot be written now is written later, or when the chunk is done.
      log.warn("progress not written", { import: plan.import, chunk });
    }
    writing = undefined;
  }

  async function rowsOfParts(): Promise<number> {
    let sum = 0;
    for await (const { results } of partsOf(objects, plan, chunk)) sum += results.rows;
    return sum;
  }

  return {
    add(more) {
      rows += more;
      if (writing || clock.now() - writtenAt < everyMilliseconds) return;
      writtenAt = clock.now();
      writing = write();
    },
    async settled() {
      await writing;
    },
  };
}
