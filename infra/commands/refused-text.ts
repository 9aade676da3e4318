import type { Refusal, ToldRefusal } from "#lib/contract/refusals.ts";
import { differsText } from "#lib/operations/refusal-text.ts";
import type { RefusedReport } from "#lib/operations/refused.ts";
import { adviceOf, type Telling } from "./advice.ts";
import { localTime } from "./local-time.ts";
import { table, terminalColumns, wrapped } from "./table.ts";

/** Deliveries that are printed one by one; `--json` prints all. */
const maxPrinted = 20;

/** What `npm run refused` prints: totals by source and reason, what to do for each reason, and then the newest deliveries. */
export function refusedText(
  { since, totals, refusals, isComplete }: RefusedReport,
  source: string | undefined,
  telling: Telling,
): string {
  const of = source === undefined ? "" : ` of ${source}`;
  const count = totals.reduce((sum, total) => sum + total.count, 0);
  if (count === 0) {
    const unread = isComplete ? "" : " in the part of the log that was read";
    return paragraph(
      `no delivery${of} was refused since ${localTime(since)}${unread}. If the sender says that it sends, no delivery reached a route of ours: compare the URL at the vendor with the stack's output <Source>WebhookUrl.`,
    );
  }
  const rows = totals.map((total) => [
    sourceOf(total),
    total.reason,
    String(total.count),
    localTime(total.firstAt),
    localTime(total.lastAt),
  ]);
  const reasons = [...new Set(totals.map(({ reason }) => reason))];
  const newest = refusals.slice(0, maxPrinted);
  return [
    `${count} ${count === 1 ? "delivery" : "deliveries"}${of} refused since ${localTime(since)}\n`,
    table(["source", "reason", "refused", "first", "last"], rows, terminalColumns()),
    ...reasons.flatMap((reason) => [
      reason,
      // This is the list to which the advice refers.
      ...adviceOf({ reason, source }, telling).filter((line) => !line.includes("npm run refused")),
    ]),
    "",
    ...newest.map((each) => deliveryText(each, telling)),
    ...(refusals.length > newest.length || count > refusals.length
      ? [`These are the newest ${newest.length} of ${count}; --json prints the newest ${refusals.length}.`]
      : []),
    ...(isComplete ? [] : ["The log is longer than what was read: ask for less with --since or --source."]),
  ].join("\n");
}

function deliveryText(refusal: ToldRefusal, telling: Telling): string {
  const { at, status, reason, method, bodyBytes, mediaType, headers } = refusal;
  const body = bodyBytes === 0 ? "no body" : `${counted(bodyBytes)} bytes`;
  return [
    `${localTime(at)}  ${sourceOf(refusal)}  ${method}  ${status} ${reason}`,
    paragraph(differsText(refusal, telling.language), "  "),
    paragraph(
      `came: ${body}${mediaType === undefined ? "" : ` of ${mediaType}`}; headers ${headers.replaceAll(",", ", ") || "none"}`,
      "  ",
    ),
    "",
  ].join("\n");
}

function sourceOf({ source, nearSource }: Pick<Refusal, "source" | "nearSource">): string {
  return source ?? (nearSource === undefined ? "?" : `(${nearSource}?)`);
}

const counted = (count = 0) => count.toLocaleString("en-US");

const paragraph = (text: string, indent = ""): string => wrapped(text, terminalColumns(), indent).join("\n");
