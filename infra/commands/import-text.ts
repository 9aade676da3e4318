import type { ImportSummary } from "#lib/uploads/result-files.ts";
import type { SampleRow } from "#lib/uploads/sample.ts";
import type { OutcomeCounts } from "#lib/uploads/row-results.ts";
import { adviceOf, type Telling } from "./advice.ts";
import { lengthOf } from "./import-progress.ts";

// The words in which `npm run import` tells what a file would do, and what it did.

/** How many reasons are told one by one: the report has them all. */
const toldReasons = 20;

/** What an import would do, or did, as its summary says it. */
export function summaryText(summary: ImportSummary, telling: Telling): string {
  return [
    ...factsOf(summary),
    ...(summary.problem ? problemOf(summary.problem, telling) : countsOf(summary)),
    ...reasonsOf(summary, telling),
    ...differencesOf(summary),
    ...columnsOf(summary),
    ...(summary.estimate && summary.accepted > 0
      ? [
          "",
          `It takes at least ${plural(summary.estimate.requests, "request")}, about ${lengthOf(summary.estimate.seconds)}.`,
        ]
      : []),
  ].join("\n");
}

function factsOf({ import: id, state, rows, kind, source, details }: ImportSummary): string[] {
  const { format, encoding, layout } = details;
  const read = [format, encoding, layout].filter(Boolean).join(", ");
  const belong = kind === "otp" ? "" : source === undefined ? ", of no source" : `, of ${source}`;
  const word = { previewed: "preview", finished: "import", refused: "refused" }[state];
  return [`${word} ${id}: ${plural(rows, "row")} (${read})${belong}`, ""];
}

function problemOf(
  { reason, path, hint }: NonNullable<ImportSummary["problem"]>,
  telling: Telling,
): string[] {
  return [
    `The file cannot be read: ${reason}${path === undefined ? "" : ` at ${path}`}. Nothing of it was imported.`,
    ...adviceOf({ reason, hint, source: "uploads" }, telling),
  ];
}

function countsOf({ state, people, secrets, skipped, kind }: ImportSummary): string[] {
  const isPreview = state === "previewed";
  const lines: (readonly [text: string, count: number])[] = [
    [isPreview ? "people would be created" : "people were created", people.accepted - people.updated],
    [isPreview ? "accounts would be changed" : "accounts were changed", people.updated],
    ["accounts exist and are the same", people.alreadyDone - people.differing],
    ["accounts exist with other values, and stay as they are", people.differing],
    ["people are rejected", people.rejected],
    [isPreview ? "TOTP secrets would be set" : "TOTP secrets were set", secrets.accepted],
    ["TOTP secrets are rejected", secrets.rejected],
    [`records hold nothing for ${kind === "otp" ? "a file of secrets" : "a file of people"}`, skipped],
  ];
  return lines.filter(([, count], index) => count > 0 || index === (kind === "otp" ? 5 : 0)).map(counted);
}

const counted = ([text, count]: readonly [text: string, count: number]): string =>
  `${String(count).padStart(8)}  ${text}`;

function reasonsOf({ reasons, notes }: ImportSummary, telling: Telling): string[] {
  const told = (title: string, codes: Readonly<Record<string, number>>): string[] => {
    const all = Object.entries(codes).toSorted(([, one], [, other]) => other - one);
    if (all.length === 0) return [];
    return [
      "",
      title,
      ...all
        .slice(0, toldReasons)
        .flatMap(([reason, count]) => [
          counted([reason, count]),
          ...adviceOf({ reason: codeOf(reason), source: "uploads" }, telling).map(
            (line) => `        ${line}`,
          ),
        ]),
      ...(all.length > toldReasons
        ? [`          and ${all.length - toldReasons} more: see report.html`]
        : []),
    ];
  };
  return [...told("Why rejected:", reasons), ...told("Notes on what is accepted:", notes)];
}

function differencesOf({ differsFromPreview, isRough }: ImportSummary): string[] {
  const { counts, reasons } = differsFromPreview ?? { counts: {}, reasons: {} };
  const all = Object.entries({ ...counts, ...reasons });
  const told = all.map(
    ([name, { foretold, became }]) => `          ${name}: ${foretold} foretold, ${became} came`,
  );
  return [
    ...(told.length > 0
      ? ["", "Not as foretold, since accounts at Authing have changed since the preview:", ...told]
      : []),
    ...(isRough
      ? [
          "",
          "So many rows have the same identifiers that rows far apart from each other were foretold one by one.",
        ]
      : []),
  ];
}

/** The first rows of a preview, each in a line: the account now, and as it would be. */
export function sampleText(sample: readonly SampleRow[]): string {
  const lines = sample.map(({ row, kind, outcome, reason, before = {}, after }) => {
    const changes = Object.entries(after ?? {}).flatMap(([name, value]) => {
      const was = before[name];
      if (JSON.stringify(was) === JSON.stringify(value)) return [];
      return [was === undefined ? `${name} ${shown(value)}` : `${name} ${shown(was)} → ${shown(value)}`];
    });
    const what = kind === "secret" ? "TOTP secret" : changes.join(", ");
    return `  ${row}  ${[outcome, reason].filter(Boolean).join(" ")}${what === "" ? "" : `: ${what}`}`;
  });
  return ["The first rows, before and after:", ...lines].join("\n");
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `column: code` → `code`. */
const codeOf = (reason: string): string => reason.slice(reason.lastIndexOf(": ") + 1).trim();

function columnsOf({ mapping, unusedColumns, columnNotes }: ImportSummary): string[] {
  const used = Object.entries(mapping).map(([field, column]) =>
    field === column ? field : `${field} ← ${column}`,
  );
  return [
    ...(used.length > 0 ? ["", `Columns used: ${used.join(", ")}`] : []),
    ...(unusedColumns.length > 0 ? [`Columns not used: ${unusedColumns.join(", ")}`] : []),
    ...columnNotes.map((note) => `  ${note}`),
  ];
}

/** What carrying a preview out changes, in a question's words: `create 12 people and set 3 TOTP secrets`. */
export function scopeOf({ people, secrets }: { people: OutcomeCounts; secrets: OutcomeCounts }): string {
  const parts = [
    [people.accepted - people.updated, (count: number) => `create ${plural(count, "person", "people")}`],
    [people.updated, (count: number) => `change ${plural(count, "account")}`],
    [secrets.accepted, (count: number) => `set ${plural(count, "TOTP secret")}`],
  ] as const;
  return parts.flatMap(([count, say]) => (count > 0 ? [say(count)] : [])).join(" and ");
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
