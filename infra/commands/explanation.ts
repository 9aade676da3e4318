import type { PersonRecord } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { ExplainedEvent, WhyParked } from "#lib/operations/explain.ts";
import { table } from "./table.ts";

// The words in which `npm run explain` prints what the ledger knows.

/** What the ledger knows of a person today. `asked`: the id that the operator asked for, which may be an earlier one. */
export function portrait(person: PersonRecord, asked: string): string {
  const { externalId, userId, createdBy, owner, closedBy = [], formerly = [] } = person;
  const facts: readonly Fact[] = [
    ["asked as", asked === externalId ? undefined : asked],
    ["formerly", formerly.join(", ")],
    ["Authing user", userId],
    ["brought by", createdBy],
    ["belongs to", owner ?? "no source: only sources that are shared may speak about them"],
    ["closed by", closedBy.join(", ")],
  ];
  return [`person ${externalId}`, ...lines(facts), ""].join("\n");
}

/** What became of an event, field by field, and, while it is waiting, what it waits for. */
export function explanation(event: ExplainedEvent): string {
  const { outcome, parked } = event;
  const facts: readonly Fact[] = [
    ["happened", event.occurredAt],
    ["received", `${event.receivedAt}, proven by ${event.proof}`],
    ["settled", event.settledAt],
    ["at Authing", event.changes.join(", ") || "nothing"],
    ...(outcome ? outcomeFacts(outcome, event.otherExternalId) : []),
    ...(parked ? parkedFacts(parked, event.source) : []),
  ];
  const fields = Object.entries(event.trail).map(([field, from]) => {
    const [path = "", rule = ""] = from.split(" · ");
    return [field, path, rule];
  });
  const superseded = Object.entries(event.superseded ?? {}).map(([field, by]) => [
    field,
    "—",
    `superseded by ${by}`,
  ]);
  const dropped = (event.dropped ?? []).map(({ path, problem }) => ["—", path, `dropped: ${problem}`]);
  const rows = [...fields, ...superseded, ...dropped];
  return [
    `${event.source}/${event.id}  ${event.type}`,
    ...lines(facts),
    ...(rows.length > 0 ? ["", indented(table(["Authing's field", "from", "rule"], rows))] : [""]),
  ].join("\n");
}

type Fact = readonly [name: string, value: string | undefined];

/** Refusals that are about an account other than the person's: `userId` and `by` are of that other account. */
const aboutAnother: ReadonlySet<string> = new Set([
  "conflict",
  "identifier-in-use",
  "returned-under-new-id",
  "account-exists",
  "account-not-linked",
]);

function outcomeFacts(outcome: Outcome, otherExternalId: string | undefined): readonly Fact[] {
  const { kind, reason, field, by, userId, requestId, statusCode, apiCode } = outcome;
  const isOther = reason !== undefined && aboutAnother.has(reason);
  return [
    ["outcome", [kind, reason, field && `(${field})`].filter(Boolean).join(" ")],
    [isOther || kind === "rejected" ? "brought by" : "done before by", by],
    [isOther ? "other account" : "Authing user", userId],
    ["other person", isOther ? otherExternalId : undefined],
    ["request id", requestId],
    ["Authing said", [statusCode, apiCode].filter((code) => code !== undefined).join(" / ")],
  ];
}

function parkedFacts(parked: WhyParked, source: string): readonly Fact[] {
  const { kind, reason, path, hint, dueAt, attempts, pausedSince, lapsedBy } = parked;
  const times = `tried ${attempts} ${attempts === 1 ? "time" : "times"}`;
  const waits =
    reason === "date-ahead"
      ? `until ${dueAt}, the day that it names`
      : `for ${reason}, tried again at ${dueAt}, ${times}`;
  return [
    kind === "waiting" ? ["waits", waits] : ["parked", `as ${kind}: ${reason}, ${times}`],
    ["lapses", lapsedBy && `${lapsedBy} has said something newer`],
    ["at", path],
    ["paused", pausedSince && `${source}, since ${pausedSince}`],
    ["next", hint],
  ];
}

function lines(facts: readonly Fact[]): string[] {
  return facts.flatMap(([name, value]) => (value ? [`  ${name.padEnd(14)}  ${value}`] : []));
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
