import { outcomeText } from "#lib/contract/outcome.ts";
import type { ParkedList, ShownMessage } from "#lib/operations/list.ts";
import type { ParkedRow } from "#lib/operations/parked-row.ts";
import { localTime, localZone } from "./local-time.ts";
import { adviceOf, type Telling } from "./advice.ts";
import { indentColumns, indented, table, terminalColumns, wrapped } from "./table.ts";

// The words in which `npm run parked` prints what is parked, in 100 columns.

/** How many messages are parked, by kind, source and reason. */
export function totalsOf({ totals = [], all }: ParkedList): string {
  const rows = totals.map(({ kind, source, reason, count }) => [String(count), kind, source, reason]);
  const parked = all?.map(({ kind, source, count }) => `${count} ${kind} of ${source}`) ?? [];
  return [
    table(["messages", "kind", "source", "reason"], rows, terminalColumns()),
    ...(all
      ? wrapped(
          `Only the first 5,000 were counted by reason. Parked are ${parked.join(", ")}.`,
          terminalColumns(),
        )
      : []),
  ].join("\n");
}

/** Parked messages by kind, source and reason: what to do about them once, then a line for each. */
export function listing(rows: readonly ParkedRow[], telling: Telling): string {
  const groups = Map.groupBy(rows, ({ kind, source, reason, hint }) =>
    [source, kind, reason, hint].join("\n"),
  );
  return [...groups.values()]
    .flatMap((own) => {
      const [first] = own;
      if (!first) return [];
      const { kind, source, reason, hint, shortId } = first;
      const about = { reason, hint, source, id: own.length === 1 ? shortId : undefined };
      return [
        [`${source}: ${kind}, ${reason}`, ...adviceOf(about, telling), "", indented(listed(own))].join("\n"),
      ];
    })
    .join("\n");
}

function listed(rows: readonly ParkedRow[]): string {
  return columns(rows, [
    ["id", ({ shortId }) => shortId],
    ["person", personOf],
    ["event", ({ type }) => type],
    ["since", ({ since }) => localTime(since)],
    ["at", ({ path }) => path],
    ["tried again", ({ dueAt }) => dueAt && localTime(dueAt)],
  ]);
}

/** What became of messages, or would: first the results and how many have each, then a line for each message. */
export function resultsOf(rows: readonly ParkedRow[], mode: string): string {
  const counts = [...Map.groupBy(rows, ({ result = "" }) => result)].map(([result, own]) => [
    String(own.length),
    result,
  ]);
  const lines = columns(rows, [
    ["id", ({ shortId }) => shortId],
    ["source", ({ source }) => source],
    ["person", personOf],
    ["event", ({ type }) => type],
    ["was", ({ reason }) => reason],
    [mode === "apply" ? "result" : "would be", ({ result }) => result],
    ["fields at Authing", fieldsOf],
  ]);
  const foot = mode === "apply" ? "" : "\nnothing was changed; each message was tried by itself\n";
  return `${indented(lines)}\n${table(["messages", mode === "apply" ? "result" : "would be"], counts, terminalColumns())}${foot}`;
}

/** One parked message, all that is known of it. */
export function shown({ message, record, ...row }: ShownMessage, telling: Telling): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["short id", row.shortId],
    ["parked", `as ${row.kind}: ${row.reason}`],
    ["at", row.path],
    ["person", row.externalId],
    ["subject", `${row.source}/${row.subject}`],
    ["received", `${localTime(row.since)} (${localZone()})`],
    ["tried", `${row.attempts} ${row.attempts === 1 ? "time" : "times"}`],
    ["tried again", row.dueAt && localTime(row.dueAt)],
    ["outcome", record && outcomeText({ kind: record.outcome.kind, reason: record.outcome.reason })],
    ["Authing user", record?.outcome.userId],
    ["brought by", record?.outcome.by],
    ["more", `npm run explain -- ${row.source}/${row.id} ${telling.place}`.trim()],
  ];
  return [
    `${row.source}/${row.id}  ${row.type}`,
    ...facts.flatMap(([name, value]) => (value ? [`  ${name.padEnd(14)}  ${value}`] : [])),
    ...adviceOf({ ...row, id: row.shortId }, telling),
    ...(message ? ["", JSON.stringify(readable(message), undefined, 2)] : []),
    "",
  ].join("\n");
}

/** A delivery that could not be read is kept in base64: its text is what the operator wants to see. */
function readable(message: NonNullable<ShownMessage["message"]>): unknown {
  if (message.kind === "event") return message;
  const bytes = Buffer.from(message.delivery.payload, "base64");
  try {
    const payload = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ...message, delivery: { ...message.delivery, payload } };
  } catch {
    return message;
  }
}

/** Our id of the person, else the source's. */
const personOf = ({ externalId, subject, type }: ParkedRow) =>
  externalId ?? (type === "unreadable" ? "not known" : subject);

function fieldsOf({ fields = {} }: ParkedRow): string {
  return Object.entries(fields)
    .map(([name, effect]) => (effect === "new" ? `+${name}` : `~${name}`))
    .join(" ");
}

function columns(
  rows: readonly ParkedRow[],
  all: readonly (readonly [title: string, of: (row: ParkedRow) => string | undefined])[],
): string {
  // A column that is empty for every message is not printed.
  const used = all.filter(([, of]) => rows.some((row) => (of(row) ?? "") !== ""));
  return table(
    used.map(([title]) => title),
    rows.map((row) => used.map(([, of]) => of(row) ?? "")),
    terminalColumns() - indentColumns,
  );
}
