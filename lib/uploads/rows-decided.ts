import type { ObjectStore } from "#lib/contract/objects.ts";
import type { ImportPlan } from "./import-plan.ts";
import { readPart } from "./parts.ts";

/** How many rows of an import are decided, and what of them was rejected: by its parts. */
export async function rowsDecided(
  plan: ImportPlan,
  objects: ObjectStore,
): Promise<{ rows: number; rejected: number }> {
  let rows = 0;
  let rejected = 0;
  for (const chunk of plan.chunks.keys()) {
    for (let number = 0; ; number += 1) {
      const part = await readPart(objects, plan, chunk, number);
      rows += part?.results.rows ?? 0;
      rejected += part?.results.rejected ?? 0;
      if (!part?.rest) break;
    }
  }
  return { rows, rejected };
}
