import type { ObjectStore } from "#lib/contract/objects.ts";
import type { ImportPlan } from "./import-plan.ts";
import { partsOf } from "./parts.ts";

/** How many rows of an import are decided, and what of them was rejected: by its parts. */
export async function rowsDecided(
  plan: ImportPlan,
  objects: ObjectStore,
): Promise<{ rows: number; rejected: number }> {
  let rows = 0;
  let rejected = 0;
  for (const chunk of plan.chunks.keys()) {
    for await (const { results } of partsOf(objects, plan, chunk)) {
      rows += results.rows;
      rejected += results.rejected;
    }
  }
  return { rows, rejected };
}
