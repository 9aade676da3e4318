import type { DeliveryPorts } from "#lib/delivery/context.ts";
import { outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import type { DeliveredRow } from "./deliver-rows.ts";
import type { ImportPlan } from "./import-plan.ts";
import { rowRecord } from "./ledger-entries.ts";
import type { ResultCollector } from "./row-results.ts";
import type { RowTranslator } from "./rows/row-translator.ts";

/**
 * Records the outcomes of rows in the ledger, then in the results. When the ledger fails, nothing is in the results: the rows
 * are delivered again, and the outcome of that delivery is recorded.
 */
export async function recordRows(
  rows: readonly DeliveredRow[],
  translator: RowTranslator,
  results: ResultCollector,
  plan: Pick<ImportPlan, "import" | "startedAt">,
  { clock, ledger }: Pick<DeliveryPorts, "clock" | "ledger">,
): Promise<void> {
  const now = clock.now();
  const records = rows
    .filter(({ entries }) => entries.length > 0)
    .map(({ row: { place }, entries }) => rowRecord(plan, { place, entries }, now));
  await ledger.settle(records, outcomesKeptSeconds);
  for (const { row, entries } of rows) {
    results.add({
      place: row.place,
      original: () => translator.redacted(row),
      isRecord: row.values !== undefined,
      entries,
    });
  }
}
