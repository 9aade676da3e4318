import type { Outcome } from "#lib/contract/outcome.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { EntryKind } from "#lib/layouts/layout.ts";
import { accountDiffers, type Examples, type ReasonExample } from "#lib/report/examples.ts";
import type { DeliveredEntry } from "./deliver-rows.ts";
import { externalIdOf } from "./ledger-entries.ts";
import type { RejectedFile } from "./rejected-file.ts";

/** The result of one row. */
interface RowResult {
  readonly place: string;
  /** The row as the file has it, secrets blanked. Asked for few rows, and for those of which something was rejected. */
  readonly original: () => readonly string[];
  /** Whether the row could be read. */
  readonly isRecord: boolean;
  readonly entries: readonly DeliveredEntry[];
}

/** What became of entries. */
export interface OutcomeCounts {
  readonly accepted: number;
  /** Those of `accepted` whose account existed and was changed. */
  readonly updated: number;
  readonly alreadyDone: number;
  /** Those of `alreadyDone` whose account exists with other values. */
  readonly differing: number;
  readonly rejected: number;
}

/** Counts of rows and of what they brought: `accepted`, `alreadyDone` and `rejected` are the sums of those of people and of secrets. */
export interface RowCounts extends OutcomeCounts {
  /** Records of the file. */
  readonly rows: number;
  /** Records that are about nothing this upload is for: people without a secret, in a file of secrets. */
  readonly skipped: number;
  readonly people: OutcomeCounts;
  readonly secrets: OutcomeCounts;
}

/** What the results of consecutive rows come to. */
export interface RowTotals extends RowCounts {
  /** Reason → how many entries it was given for. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Note → how many entries that are at Authing have it. */
  readonly notes: Readonly<Record<string, number>>;
  /** Reason, and the note for accounts that differ → its first rows, for the report. */
  readonly examples: Examples;
}

/** The results of consecutive rows, encoded so that those of several chunks can be joined byte by byte. */
export interface RowResults extends RowTotals {
  /** Lines of `accepted.ndjson`, in UTF-8. */
  readonly acceptedLines: Uint8Array;
  /** Records of the file of rejected rows. */
  readonly rejectedRecords: Uint8Array;
}

const examplesOfReason = 3;
const reasonsWithExamples = 50;
/** In UTF-16 units. A cell may have 65,536, and the examples of all chunks are in memory together. */
const shownOfCell = 200;
const shownCells = 200;

const exampleOf = (place: string, cells: readonly string[]): ReasonExample => ({
  place,
  cells: cells.slice(0, shownCells).map((cell) => cell.slice(0, shownOfCell)),
});

/** Adds the first rows of reasons to others: at most 3 of each, for at most 50 reasons. */
export function addExamples(to: Record<string, ReasonExample[]>, more: Examples): void {
  for (const [reason, rows] of Object.entries(more)) {
    if (to[reason] === undefined && Object.keys(to).length >= reasonsWithExamples) continue;
    const own = (to[reason] ??= []);
    own.push(...rows.slice(0, examplesOfReason - own.length));
  }
}

export interface ResultCollector {
  add(result: RowResult): void;
  /** How many results were added. */
  readonly rows: number;
  /** The results that were added. */
  all(): RowResults;
}

const none = () => ({ accepted: 0, updated: 0, alreadyDone: 0, differing: 0, rejected: 0 });

/** No rows yet. */
export const noCounts = () => ({ rows: 0, skipped: 0, ...none(), people: none(), secrets: none() });

/** Collects the results of the rows of a chunk, in the order in which they are added. */
export function collectResults(file: RejectedFile): ResultCollector {
  const counts = noCounts();
  const reasons: Record<string, number> = {};
  const allNotes: Record<string, number> = {};
  const acceptedLines: string[] = [];
  const rejectedRecords: Uint8Array[] = [];
  const examples: Record<string, ReasonExample[]> = {};
  const count = (kind: EntryKind, name: keyof OutcomeCounts) => {
    counts[name] += 1;
    counts[kind === "person" ? "people" : "secrets"][name] += 1;
  };
  return {
    add({ place, original, isRecord, entries }) {
      counts.rows += 1;
      if (entries.length === 0) counts.skipped += 1;
      let refused: string[] | undefined;
      for (const { kind, part, change, outcome, problems, notes: noted } of entries) {
        if (isBrought(outcome)) {
          count(kind, outcome.kind === "accepted" ? "accepted" : "alreadyDone");
          if (outcome.differs) {
            count(kind, "differing");
            addCount(allNotes, accountDiffers.code);
            // Redacting every such row would cost more than reading it.
            if ((examples[accountDiffers.code]?.length ?? 0) < examplesOfReason)
              addExamples(examples, { [accountDiffers.code]: [exampleOf(place, original())] });
          }
          if (outcome.reason === "updated") count(kind, "updated");
          const notes = noted.length > 0 ? noted.map(withColumn) : undefined;
          for (const note of notes ?? []) addCount(allNotes, note);
          // JSON has none of what is undefined here.
          const line = {
            row: place,
            part,
            entry: kind,
            outcome: outcome.kind,
            externalId: change && externalIdOf(change),
            ...outcome,
            kind: undefined,
            notes,
          };
          acceptedLines.push(`${JSON.stringify(line)}\n`);
          continue;
        }
        count(kind, "rejected");
        const given = reasonsOf(problems, outcome);
        for (const reason of given) addCount(reasons, reason);
        refused ??= [];
        refused.push(...given.map((reason) => (part === undefined ? reason : `${part}: ${reason}`)));
      }
      if (refused !== undefined) {
        const cells = original();
        rejectedRecords.push(file.record({ place, original: cells, isRecord, reasons: refused }));
        const given = entries.flatMap(({ outcome, problems }) =>
          isBrought(outcome) ? [] : reasonsOf(problems, outcome),
        );
        for (const reason of new Set(given)) addExamples(examples, { [reason]: [exampleOf(place, cells)] });
      }
    },
    get rows() {
      return counts.rows;
    },
    all: () => ({
      ...counts,
      reasons,
      notes: allNotes,
      examples,
      acceptedLines: Buffer.from(acceptedLines.join("")),
      rejectedRecords: Buffer.concat(rejectedRecords),
    }),
  };
}

const isBrought = ({ kind }: Outcome): boolean => kind === "accepted" || kind === "already-done";

const reasonsOf = (problems: readonly RowProblem[], { reason = "", field }: Outcome): readonly string[] =>
  problems.length > 0 ? problems.map(withColumn) : [withColumn({ code: reason, column: field })];

/** `column: code`, as results write it. */
export function withColumn({
  code,
  column,
}: Omit<RowProblem, "column"> & { column?: string | undefined }): string {
  return column === undefined || column === "" ? code : `${column}: ${code}`;
}

function addCount(to: Record<string, number>, name: string): void {
  to[name] = (to[name] ?? 0) + 1;
}

/** Adds counts by name to others. */
export function addCounts(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count;
}

/** Adds counts of rows to others. */
export function addRows(to: ReturnType<typeof noCounts>, more: RowCounts): void {
  to.rows += more.rows;
  to.skipped += more.skipped;
  for (const name of ["accepted", "updated", "alreadyDone", "differing", "rejected"] as const) {
    to[name] += more[name];
    to.people[name] += more.people[name];
    to.secrets[name] += more.secrets[name];
  }
}
