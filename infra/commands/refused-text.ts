import type { Refusal, ToldRefusal } from "#lib/contract/refusals.ts";
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
    ...newest.map(deliveryText),
    ...(refusals.length > newest.length || count > refusals.length
      ? [`These are the newest ${newest.length} of ${count}; --json prints the newest ${refusals.length}.`]
      : []),
    ...(isComplete ? [] : ["The log is longer than what was read: ask for less with --since or --source."]),
  ].join("\n");
}

function deliveryText(refusal: ToldRefusal): string {
  const { at, status, reason, method, bodyBytes, mediaType, headers } = refusal;
  const body = bodyBytes === 0 ? "no body" : `${counted(bodyBytes)} bytes`;
  return [
    `${localTime(at)}  ${sourceOf(refusal)}  ${method}  ${status} ${reason}`,
    paragraph(differsText(refusal), "  "),
    paragraph(
      `came: ${body}${mediaType === undefined ? "" : ` of ${mediaType}`}; headers ${headers.replaceAll(",", ", ") || "none"}`,
      "  ",
    ),
    "",
  ].join("\n");
}

/** What would have had to differ. */
function differsText(refusal: Refusal): string {
  const { reason, place = "the proof", form, covers, seconds, toleranceSeconds, nearSource } = refusal;
  switch (reason) {
    case "proof-missing":
    case "timestamp-missing":
      return `looked for: ${place}; it was not there`;
    case "proof-malformed":
    case "timestamp-malformed":
      return `${place}: has to be ${form ?? "of another form"}`;
    case "proof-mismatch": {
      const signs = covers === undefined ? "" : `; what has to be signed: ${covers}`;
      return `${place}: does not fit ${secretText(refusal)}${signs}`;
    }
    case "timestamp-stale":
      return `${place}: ${counted(seconds)} s in the past; at most ${counted(toleranceSeconds)} s are allowed`;
    case "timestamp-early":
      return `${place}: ${counted(seconds)} s in the future; at most ${counted(toleranceSeconds)} s are allowed`;
    case "algorithm-refused":
      return `${place}: the token has to be signed by ${form ?? "another algorithm"}`;
    case "key-unknown":
      return `${place}: the token names a key that is not among the sender's public keys`;
    case "issuer-mismatch":
      return `${place}: is not the issuer that the secret names`;
    case "audience-mismatch":
      return `${place}: is not the audience that the secret names`;
    case "secret-empty":
      return "the secret of the source holds nothing that can verify a delivery";
    case "body-too-large":
      return `the body: at most ${counted(refusal.maxBytes)} bytes are taken`;
    case "method-unknown":
      return "the method: only POST and GET are taken";
    case "route-unknown":
      return `the path is no route; /webhooks/${nearSource ?? "<source>"} is one`;
  }
}

/** Which versions of the secret were tried. */
function secretText({ secretVersions = 1, secretChangedAt }: Refusal): string {
  const which =
    secretVersions === 1 ? "the secret, which has one version" : "the current or the previous secret";
  return secretChangedAt === undefined ? which : `${which} (changed ${localTime(secretChangedAt)})`;
}

function sourceOf({ source, nearSource }: Pick<Refusal, "source" | "nearSource">): string {
  return source ?? (nearSource === undefined ? "?" : `(${nearSource}?)`);
}

const counted = (count = 0) => count.toLocaleString("en-US");

const paragraph = (text: string, indent = ""): string => wrapped(text, terminalColumns(), indent).join("\n");
