import type { PersonRecord } from "#lib/contract/ledger.ts";
import { outcomeText, type Outcome } from "#lib/contract/outcome.ts";
import { mayBeAddress, mayBeEmail, type Account } from "#lib/operations/authing-account.ts";
import type { Elsewhere, ExplainedEvent, WhyParked } from "#lib/operations/explain.ts";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import { localTime } from "./local-time.ts";
import { adviceOf, meaningOf, type Telling } from "./advice.ts";
import { indentColumns, indented, table, terminalColumns, wrapped } from "./table.ts";

// The words in which `npm run explain` prints what the ledger knows.

/** What Authing answers about an account. */
export function accountText({ userId, externalId, status }: Account): string {
  const facts: readonly Fact[] = [
    ["externalId", externalId ?? "none: no source or file of this deployment has brought or linked it"],
    ["status", status],
  ];
  return [`account ${userId} at Authing`, ...lines(facts), ""].join("\n");
}

/** What the ledger knows of a person today. `asked`: the id that the operator asked for, which may be an earlier one. */
export function portrait(person: PersonRecord, asked: string): string {
  const { externalId, userId, createdBy, owner, closedBy = [], formerly = [] } = person;
  const facts: readonly Fact[] = [
    ["asked as", formerly.includes(asked) ? asked : undefined],
    ["formerly", formerly.join(", ")],
    ["Authing user", userId],
    ["brought by", createdBy],
    ["belongs to", owner ?? "no source: only sources that are shared may speak about them"],
    ["closed by", closedBy.join(", ")],
  ];
  return [`person ${externalId}`, ...lines(facts), ""].join("\n");
}

/** What became of an event, field by field, and, while it is waiting, what it waits for. */
export function explanation(event: ExplainedEvent, telling: Telling): string {
  const { outcome, parked, leftBefore } = event;
  const facts: readonly Fact[] = [
    ["happened", event.occurredAt],
    ["received", `${event.receivedAt}, proven by ${event.proof}`],
    ["settled", event.settledAt],
    ["at Authing", doneOf(event)],
    ["results", isOfFile(event) ? `${resultsOf(event)} of the bucket` : undefined],
    ...(outcome ? outcomeFacts(outcome, event.otherExternalId) : []),
    ...(parked ? parkedFacts(parked, event) : []),
    ["left before", leftBefore && people(leftBefore)],
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
    ...meaning(event, telling),
    ...(rows.length > 0
      ? ["", indented(table(["Authing's field", "from", "rule"], rows, terminalColumns() - indentColumns))]
      : [""]),
  ].join("\n");
}

/** Where nothing is known: where else the answer may be. */
export function elsewhereText(
  { sources, unreadable, unread, isPartial }: Elsewhere,
  asked: string,
  { place, askedAuthing }: Telling & { readonly askedAuthing: boolean },
): string {
  // An address stays in no ticket and no log, even where the operator typed it.
  const isAddress = mayBeEmail(asked) || asked.startsWith("+") || (askedAuthing && mayBeAddress(asked));
  const called = isAddress ? "this address" : `"${asked}"`;
  const there = place === "" ? "" : ` ${place}`;
  const paused = sources.flatMap(({ name, pausedSince }) =>
    pausedSince === undefined ? [] : `${name} since ${localTime(pausedSince)}`,
  );
  const counted = (count: number) => `${count}${isPartial ? " or more" : ""}`;
  return [
    ...wrapped(
      `nothing is known of ${called}: no event and no row about it has an outcome, and none waits under this id`,
      terminalColumns(),
    ),
    ...lines([
      [
        "sources",
        `${sources.map(({ name }) => name).join(", ") || "none"}; what another system sends is answered with 401`,
      ],
      ["paused", paused.join(", ")],
      [
        "unreadable",
        unreadable > 0
          ? `${counted(unreadable)} parked that could not be read may be about this person\nnpm run parked -- list dead${there}`
          : undefined,
      ],
      [
        "unread",
        unread > 0
          ? `${counted(unread)} wait for their source's API, known by the source's id only\nnpm run parked -- list waiting${there}`
          : undefined,
      ],
      [
        "refused",
        `npm run refused${place && ` -- ${place}`} lists deliveries that did not prove their sender`,
      ],
      ["at Authing", askedAuthing && isAddress ? "no account has this address" : undefined],
      [
        "row",
        /^(?:uploads\/)?[^/]+-[0-9a-f]{12}(?:\/|$)/.test(asked)
          ? `its place is that of accepted.ndjson and the file of rejected rows in ${resultsOf({ id: asked.replace("uploads/", "") })}, e.g. line 7; what a preview foretold is only there`
          : undefined,
      ],
      [
        "short id",
        /^[0-9a-f]{10}$/.test(asked)
          ? `of a parked message?\nnpm run parked -- show ${asked}${there}`
          : undefined,
      ],
      [
        "the id",
        "may be our id (externalId), Authing's, source/subject, source/eventId or <import>/<place of a row>; an e-mail or a phone needs --ask-authing",
      ],
    ]),
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
  const { kind, reason, by, userId, requestId, statusCode, apiCode, differs } = outcome;
  const isOther = reason !== undefined && aboutAnother.has(reason);
  return [
    ["outcome", outcomeText(outcome)],
    [isOther || kind === "rejected" ? "brought by" : "done before by", by],
    [isOther ? "other account" : "Authing user", userId],
    ["other person", isOther ? otherExternalId : undefined],
    [
      "differs",
      differs && `${differs.join(", ")}: the account has other values than the row, and stays as it is`,
    ],
    ["request id", requestId],
    ["Authing said", [statusCode, apiCode].filter((code) => code !== undefined).join(" / ")],
  ];
}

function parkedFacts(parked: WhyParked, { source }: ExplainedEvent): readonly Fact[] {
  const { kind, reason, path, dueAt = "", attempts, pausedSince, lapsedBy } = parked;
  const times = `tried ${attempts} ${attempts === 1 ? "time" : "times"}`;
  const due = localTime(dueAt);
  const waits =
    reason === "date-ahead"
      ? `until ${due}, the day that it names`
      : `for ${reason}, tried again at ${due}, ${times}`;
  return [
    kind === "waiting" ? ["waits", waits] : ["parked", `as ${kind}: ${reason}, ${times}`],
    ["lapses", lapsedBy && `${lapsedBy} has said something newer`],
    ["at", path],
    ["paused", pausedSince && `${source}, since ${localTime(pausedSince)}`],
  ];
}

const isOfFile = ({ source }: Pick<ExplainedEvent, "source">): boolean => source === "uploads";

/** Where the results of a row's import are: its id is in front of the row's place. */
const resultsOf = ({ id }: Pick<ExplainedEvent, "id">): string => `results/${id.split("/")[0] ?? ""}/`;

/** What was done at Authing. A row says `create` of everybody, also of people whose account exists. */
function doneOf(event: ExplainedEvent): string {
  const { changes, outcome } = event;
  if (isOfFile(event) && outcome?.kind === "already-done") return "nothing: it was there already";
  if (isOfFile(event) && outcome?.reason === "updated") return "update";
  return changes.join(", ") || "nothing";
}

/** Rows of files are in no list of parked messages: they are uploaded again. */
const correctRow = {
  en: "To upload the row again, take it from the file of rejected rows (rejected.csv, .tsv or .ndjson), which has every reason with its column.",
  zh: "如需重新上传该行，请从被拒绝行的文件（rejected.csv、.tsv 或 .ndjson）中取出，其中列有全部原因和对应的列。",
} as const;

/** What the reason means, and what to do next where the event is not over. */
function meaning({ outcome, parked, source, id }: ExplainedEvent, telling: Telling): string[] {
  const reason = parked?.reason ?? outcome?.reason;
  if (reason === undefined) return [];
  if (parked) return adviceOf({ reason, hint: parked.hint, source, id }, telling);
  if (source !== "uploads") return meaningOf(reason, telling);
  if (outcome?.kind !== "rejected" || !id.includes("/")) return adviceOf({ reason }, telling);
  return [
    ...meaningOf(reason, telling, explainReason(reason, telling)?.next),
    ...wrapped(correctRow[telling.language], terminalColumns(), "  "),
  ];
}

const mostPeople = 20;

function people(ids: readonly string[]): string {
  const more = ids.length - mostPeople;
  return `${ids.slice(0, mostPeople).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const labelColumns = 14;

function lines(facts: readonly Fact[]): string[] {
  const indent = " ".repeat(labelColumns + 4);
  return facts.flatMap(([name, value]) => {
    if (!value) return [];
    // A line with a command stays whole, so that it can be pasted.
    const [first = "", ...others] = value
      .split("\n")
      .flatMap((line) =>
        line.startsWith("npm ") ? `${indent}${line}` : wrapped(line, terminalColumns(), indent),
      );
    return [`  ${name.padEnd(labelColumns)}  ${first.trimStart()}`, ...others];
  });
}
