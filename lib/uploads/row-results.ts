import type { Outcome } from "#lib/contract/outcome.ts";
import { csvRecord } from "#lib/formats/csv/write.ts";

/** The result of one row. */
interface RowResult {
  /** The line it starts on, counted from 1. */
  readonly row: number;
  readonly outcome: Outcome;
  /** The row as the file has it, secrets blanked. */
  readonly original: readonly string[];
  /** Every reason, as `column: code`, for a row that was rejected. */
  readonly reasons: readonly string[];
  /** What is unusual about a row that was accepted, as `column: code`. */
  readonly notes: readonly string[];
  readonly externalId?: string;
}

export interface RowCounts {
  readonly rows: number;
  readonly accepted: number;
  readonly alreadyDone: number;
  readonly rejected: number;
}

/** The results of consecutive rows, encoded so that those of several chunks can be joined byte by byte. */
export interface RowResults extends RowCounts {
  /** Reason → how many rows it was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Lines of `accepted.ndjson`, in UTF-8. */
  readonly acceptedLines: Uint8Array;
  /** Records of `rejected.csv`, in UTF-8. */
  readonly rejectedRecords: Uint8Array;
}

export interface ResultCollector {
  add(result: RowResult): void;
  /** How many results were added. */
  readonly rows: number;
  /** The results that were added. */
  all(): RowResults;
}

/** Collects the results of the rows of a chunk, in the order in which they are added. */
export function collectResults(): ResultCollector {
  const counts = { rows: 0, accepted: 0, alreadyDone: 0, rejected: 0 };
  const reasons: Record<string, number> = {};
  const acceptedLines: string[] = [];
  const rejectedRecords: string[] = [];
  return {
    add({ row, outcome, original, reasons: given, notes, externalId }) {
      counts.rows += 1;
      if (outcome.kind === "accepted" || outcome.kind === "already-done") {
        counts[outcome.kind === "accepted" ? "accepted" : "alreadyDone"] += 1;
        const { kind, ...more } = outcome;
        const line = {
          row,
          outcome: kind,
          ...(externalId !== undefined && { externalId }),
          ...more,
          ...(notes.length > 0 && { notes }),
        };
        acceptedLines.push(`${JSON.stringify(line)}\n`);
        return;
      }
      counts.rejected += 1;
      for (const reason of given) addReasons(reasons, { [reason]: 1 });
      rejectedRecords.push(csvRecord([...original, String(row), given.join("; ")]));
    },
    get rows() {
      return counts.rows;
    },
    all: () => ({
      ...counts,
      reasons,
      acceptedLines: Buffer.from(acceptedLines.join("")),
      rejectedRecords: Buffer.from(rejectedRecords.join("")),
    }),
  };
}

/** Adds counts of reasons to others. */
export function addReasons(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(more)) to[reason] = (to[reason] ?? 0) + count;
}
