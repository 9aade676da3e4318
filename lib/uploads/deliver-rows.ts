import { leastHappy, type Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { separated } from "#lib/delivery/totp-secrets.ts";
import { wireDropsOf, withWireDrops } from "#lib/delivery/wire-drops.ts";
import type { Row } from "#lib/formats/format.ts";
import type { ImportPlan } from "./import-plan.ts";
import { rowKey } from "./ledger-entries.ts";
import type { RowTranslator } from "./rows/row-translator.ts";
import type { RowTranslation } from "./rows/upload-kind.ts";

/** A row, what it means, and its outcome. */
export interface DeliveredRow extends RowTranslation {
  readonly row: Row;
  readonly outcome: Outcome;
}

/**
 * Translates rows and delivers them to Authing together.
 *
 * @throws InboundError retryable, when the outcome of some rows is not known; then no outcome of the others is returned either,
 *   and all of them are delivered again.
 */
export async function deliverRows(
  rows: readonly Row[],
  translator: RowTranslator,
  { import: id, source: owner, startedAt }: Pick<ImportPlan, "import" | "source" | "startedAt">,
  ports: DeliveryPorts,
  deadline: number,
): Promise<DeliveredRow[]> {
  const translated = rows.map((row) => {
    const translation = toldOfWire(translator.translate(row), ports);
    const { source, id: name } = rowKey(id, row.row);
    const changes = translation.change ? separated([translation.change]) : [];
    return {
      row,
      translation,
      tasks: changes.map((change): Task => ({
        change,
        by: `${source}/${name}`,
        source,
        ...(owner !== undefined && { owner }),
        since: Date.parse(startedAt),
        // The principals that may write into the bucket say whose accounts these are.
        links: true,
        isSame: false,
      })),
    };
  });
  const tasks = translated.flatMap((each) => each.tasks);
  const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline });
  if (stopped) throw stopped;
  const outcomeOf = new Map(tasks.map((task, index) => [task, outcomes[index]]));
  return translated.map(({ row, translation, tasks }) => ({
    ...translation,
    row,
    outcome: leastHappy(tasks.flatMap((task) => outcomeOf.get(task) ?? [])) ?? {
      kind: "rejected",
      reason: translation.problems[0]?.code ?? "unreadable",
    },
  }));
}

/** A row's meaning, with a note for each field of it that the dialect does not say. */
function toldOfWire(translation: RowTranslation, ports: DeliveryPorts): RowTranslation {
  const { change } = translation;
  if (!change) return translation;
  const notes = wireDropsOf(change, ports).map(({ path, problem }) => ({ code: problem, column: path }));
  return { ...translation, change: withWireDrops(change, ports), notes: [...translation.notes, ...notes] };
}

/** Whether a row brings a TOTP secret for a person who is not in Authing yet: the file with the person may be in work too. */
export const awaitsPerson = ({ change, outcome }: DeliveredRow): boolean =>
  change?.kind === "import-otp" && outcome.kind === "rejected" && outcome.reason === "user-unknown";
