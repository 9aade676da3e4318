import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { wireDropsOf, withWireDrops } from "#lib/delivery/wire-drops.ts";
import type { ExistingPolicy } from "#lib/contract/policies.ts";
import type { ImportPlan } from "./import-plan.ts";
import { rowKey, uploadsSource } from "./ledger-entries.ts";
import type { RowTranslator, TranslatedEntry } from "./rows/row-translator.ts";
import type { StoredRow } from "./stored-rows.ts";

/** An entry of a row and its outcome. */
export interface DeliveredEntry extends TranslatedEntry {
  readonly outcome: Outcome;
}

/** A row and what became of what it brings; nothing, where it brings nothing. */
export interface DeliveredRow {
  readonly row: StoredRow;
  readonly entries: readonly DeliveredEntry[];
}

/** Rows and what they mean, before they are delivered. */
export interface TranslatedRows {
  /** What they claim to be theirs: identifiers of people, each with its kind. */
  readonly claims: ReadonlySet<string>;
  /**
   * Delivers them to Authing together.
   *
   * @throws InboundError retryable, when the outcome of some rows is not known; then no outcome of the others is returned either,
   *   and all of them are delivered again.
   */
  deliver(deadline: number): Promise<DeliveredRow[]>;
}

export function translateRows(
  rows: readonly StoredRow[],
  translator: RowTranslator,
  { import: id, source: owner, startedAt }: Pick<ImportPlan, "import" | "source" | "startedAt">,
  ports: DeliveryPorts & { readonly existing: ExistingPolicy },
): TranslatedRows {
  const origin: Origin = {
    source: uploadsSource,
    since: Date.parse(startedAt),
    ...(owner !== undefined && { owner }),
    // The principals that may write into the bucket say whose accounts these are.
    links: true,
    isSame: false,
    ...(ports.existing === "update" && { updates: true as const }),
  };
  const tasks: Task[] = [];
  const translated = rows.map((row) => {
    const entries = translator.translate(row).map((entry) => toldOfWire(entry, ports));
    // One name for all that a row brings: a secret follows the person of its row.
    const by = `${uploadsSource}/${rowKey(id, row.place).id}`;
    return {
      row,
      entries: entries.map((entry) => ({ entry, at: addTask(tasks, entry, entries, by, origin) })),
    };
  });
  return {
    claims: new Set(tasks.flatMap(claimsOf)),
    async deliver(deadline) {
      const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline });
      if (stopped) throw stopped;
      return translated.map(({ row, entries }) => ({
        row,
        entries: entries.map(({ entry, at }): DeliveredEntry => {
          const outcome = at === undefined ? undefined : outcomes[at];
          return { ...entry, outcome: outcome ?? refusal(entry) };
        }),
      }));
    },
  };
}

function claimsOf({ change }: Task): string[] {
  const person = change.kind === "create" ? change.person : change.who;
  return identifiers.flatMap((kind) => {
    // By its digits alone: rows may write the country of a number differently.
    const value = kind === "phone" ? person.phone : identifierOf(person, kind);
    return value === undefined ? [] : [`${kind} ${value}`];
  });
}

/** What the tasks of all rows have in common. */
type Origin = Omit<Task, "by" | "change">;

/** Adds what an entry is to do; gives its place among the tasks, and none where there is nothing to do. */
function addTask(
  tasks: Task[],
  entry: TranslatedEntry,
  entries: readonly TranslatedEntry[],
  by: string,
  origin: Origin,
): number | undefined {
  const { change } = entry;
  if (!change || followsRefused(entry, entries)) return undefined;
  tasks.push({ ...origin, change, by });
  return tasks.length - 1;
}

/** Whether a secret belongs to a person that the same row could not bring: the account with its address is another person's. */
const followsRefused = ({ kind }: TranslatedEntry, entries: readonly TranslatedEntry[]): boolean =>
  kind === "secret" && entries.some((other) => other.kind === "person" && !other.change);

const refusal = ({ change, problems }: TranslatedEntry): Outcome => ({
  kind: "rejected",
  reason: change ? "user-not-created" : (problems[0]?.code ?? "unreadable"),
});

/** A row's meaning, with a note for each field of it that the dialect does not say. */
function toldOfWire(entry: TranslatedEntry, ports: DeliveryPorts): TranslatedEntry {
  const { change } = entry;
  const dropped = change ? wireDropsOf(change, ports) : [];
  if (!change || dropped.length === 0) return entry;
  const notes = dropped.map(({ path, problem }) => ({ code: problem, column: path }));
  return { ...entry, change: withWireDrops(change, ports), notes: [...entry.notes, ...notes] };
}

/** Whether a row brings a TOTP secret for a person who is not in Authing yet: the file with the person may be in work too. */
export const awaitsPerson = ({ entries }: DeliveredRow): boolean =>
  entries.some(
    ({ change, outcome }) =>
      change?.kind === "import-otp" && outcome.kind === "rejected" && outcome.reason === "user-unknown",
  );
