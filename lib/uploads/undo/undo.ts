import * as z from "zod/mini";
import type { UserDto } from "#lib/authing/dto.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Leave } from "#lib/contract/change.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import type { DeliveryContext, DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { findUsers } from "#lib/delivery/people.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { importFolder } from "#lib/uploads/import-id.ts";
import { rowKey, uploadsSource } from "#lib/uploads/ledger-entries.ts";
import type { ImportSummary } from "#lib/uploads/result-files.ts";
import { readStored } from "#lib/uploads/stored-objects.ts";
import { acceptedLines, type AcceptedLine } from "./accepted-lines.ts";
import { undoKey, whyKept } from "./kept.ts";
import { joinPieces, writePiece, type UndoSummary } from "./undo-files.ts";

/**
 * Takes an import back, some rows at a call: closes the accounts that it made and that are untouched since.
 * `{"operation": "undo-import", "import": "people.csv-0123456789ab", "mode": "preview"}`.
 */
export const UndoImportRequest = z.strictObject({
  operation: z.literal("undo-import"),
  import: z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^/]+$/)),
  mode: z.enum(["preview", "apply"]),
  /** Deletes the accounts. Default: resigns them. */
  deletes: z._default(z.boolean(), false),
  /** Where it goes on: `next` of the answer before. */
  after: z._default(z.int().check(z.minimum(0)), 0),
  /** How many accounts the operator was shown: no more are closed. Absent: as many as the departure guard lets through. */
  most: z.optional(z.int().check(z.minimum(0))),
});
export type UndoImportRequest = z.infer<typeof UndoImportRequest>;

/** What became of a row of the import, or would. */
export interface UndoneRow {
  readonly row: string;
  readonly part?: string;
  /** `held`: the departure guard stopped it. */
  readonly outcome: "reversed" | "kept" | "failed" | "held";
  readonly reason?: string;
  readonly externalId?: string;
  readonly userId?: string;
}

export interface UndonePage {
  readonly rows: readonly UndoneRow[];
  readonly next?: number;
  /** With the last page of an undoing that was carried out. */
  readonly summary?: UndoSummary;
}

export interface UndoPorts extends DeliveryPorts {
  readonly objects: ObjectStore;
  readonly bucket: string;
}

/** How many accounts are closed within an hour without anybody having been shown their number: as for the departures of a source. */
const guardTakes = 10;
const guardSeconds = 3600;
const claimSeconds = 60;

/** Throws `malformed` `import-unknown` where no import of this id has ended, or its results are deleted by now. */
export async function undoImport(
  request: UndoImportRequest,
  ports: UndoPorts,
  run: { readonly owner: string; readonly deadline: number },
): Promise<UndonePage> {
  const { objects, bucket } = ports;
  const folder = importFolder(request.import);
  const bytes = await readStored(objects, bucket, `${folder}/summary.json`);
  const summary = bytes && (JSON.parse(bytes.toString()) as ImportSummary);
  if (summary?.state !== "finished") {
    throw new InboundError("malformed", "import-unknown", {
      hint: "name an import that has ended: results/<import>/",
    });
  }
  const hasLines = summary.accepted + summary.alreadyDone > 0;
  const page = hasLines
    ? await acceptedLines(objects, { bucket, key: `${folder}/accepted.ndjson` }, request.after)
    : { lines: [] };
  const rows = await undoLines(page.lines, summary, request, { ...ports, deadline: run.deadline }, run.owner);
  const next = page.next === undefined ? {} : { next: page.next };
  if (request.mode === "preview") return { rows, ...next };
  await writePiece(ports, request, rows, page.next);
  if (page.next !== undefined) return { rows, ...next };
  return { rows, summary: await joinPieces(ports, request, new Date(ports.clock.now()).toISOString()) };
}

async function undoLines(
  lines: readonly AcceptedLine[],
  summary: ImportSummary,
  request: UndoImportRequest,
  context: DeliveryContext,
  owner: string,
): Promise<UndoneRow[]> {
  // The secret of a person that the same row has brought goes with the account.
  const own = lines.filter(({ entry }) => entry === "person" || summary.kind === "otp");
  const made = own.filter(isMade);
  const users = await findUsers(context, "userId", [...new Set(made.flatMap(({ userId }) => userId ?? []))]);
  const userOf = new Map(users.map((user) => [user.userId, user as UserDto]));
  const rows: UndoneRow[] = [];
  let closed = 0;
  for (const line of own) {
    const { row, part, externalId, userId } = line;
    const about = {
      row,
      ...(part !== undefined && { part }),
      ...(externalId !== undefined && { externalId }),
      ...(userId !== undefined && { userId }),
    };
    const isFull = request.most !== undefined && closed >= request.most;
    const result = isMade(line)
      ? await undoLine(line, userOf.get(userId ?? ""), summary, { request, context, owner, isFull })
      : { outcome: "kept" as const, reason: line.entry === "secret" ? "secret-stays" : "account-existed" };
    const { isClosed, ...told } = { isClosed: false, ...result };
    if (isClosed) closed += 1;
    rows.push({ ...about, ...told });
  }
  return rows;
}

/** Whether the import has made an account for this line. */
const isMade = ({ outcome, entry, reason }: AcceptedLine): boolean =>
  outcome === "accepted" && entry === "person" && reason === undefined;

interface Result extends Pick<UndoneRow, "outcome" | "reason"> {
  /** It was closed, or would be, by this call. */
  readonly isClosed?: boolean;
}

interface LineRun {
  readonly request: UndoImportRequest;
  readonly context: DeliveryContext;
  readonly owner: string;
  /** As many accounts are closed as the operator was shown. */
  readonly isFull: boolean;
}

async function undoLine(
  line: AcceptedLine,
  user: UserDto | undefined,
  summary: ImportSummary,
  { request, context, owner, isFull }: LineRun,
): Promise<Result> {
  const { ledger } = context;
  const closedStatus = request.deletes ? undefined : "Resigned";
  if (!user) return { outcome: "reversed", reason: "account-gone" };
  const settled = await ledger.event(rowKey(summary.import, line.row));
  const since = Date.parse(settled?.settledAt ?? summary.finishedAt);
  const kept = await whyKept(summary.import, line, user, since, ledger);
  if (user.status === closedStatus && (kept === undefined || kept.reason === "changed-at-authing")) {
    return { outcome: "reversed", reason: "account-closed" };
  }
  if (kept !== undefined) return { outcome: "kept", ...kept };
  if (request.mode === "preview") return { outcome: "reversed", isClosed: true };
  const key = undoKey(summary.import, line);
  const guardKey = { source: uploadsSource, id: key.id };
  if (isFull) return { outcome: "held", reason: "mass-departure" };
  if (request.most === undefined && (await ledger.countDeparture(guardKey, guardSeconds)) > guardTakes)
    return { outcome: "held", reason: "mass-departure" };
  // An earlier undoing has resigned it, and this one deletes it.
  const isAgain = (await ledger.event(key)) !== undefined;
  const claim = isAgain ? undefined : await ledger.claim(key, { owner, leaseSeconds: claimSeconds });
  if (claim?.state === "busy") return { outcome: "failed", reason: "event-busy" };
  if (claim?.state === "settled") return { outcome: "reversed", reason: "account-closed" };
  try {
    return await close(line, summary, request, context);
  } finally {
    await ledger.release(key, owner);
  }
}

/** Closes the account and records it. */
async function close(
  line: AcceptedLine,
  { import: id, startedAt }: ImportSummary,
  { deletes }: UndoImportRequest,
  context: DeliveryContext,
): Promise<Result> {
  const { externalId, userId = "" } = line;
  const key = undoKey(id, line);
  const change: Leave = { kind: "leave", who: { userId } };
  const task: Task = {
    change,
    by: `${key.source}/${key.id}`,
    source: uploadsSource,
    since: Date.parse(startedAt),
    // By Authing's id alone: our id may be another account's by now.
    person: { externalId: "", userId, createdBy: key.id },
    links: false,
    isSame: false,
  };
  const ports: DeliveryContext = { ...context, leavePolicy: () => (deletes ? "delete" : "resign") };
  const { outcomes, stopped } = await deliver([task], ports);
  if (stopped) throw stopped;
  const [outcome = { kind: "rejected", reason: "not-confirmed" }] = outcomes;
  const { reason } = outcome;
  if (outcome.kind !== "accepted" && outcome.kind !== "already-done") {
    return { outcome: "failed", ...(reason !== undefined && { reason }) };
  }
  const record = eventRecord(
    {
      key,
      type: "undo",
      externalId,
      reception: { receivedAt: new Date(context.clock.now()).toISOString(), proof: "operator" },
      changes: [change],
      outcome,
    },
    context.clock.now(),
  );
  await context.ledger.settle([record], outcomesKeptSeconds);
  return { outcome: "reversed", isClosed: true };
}
