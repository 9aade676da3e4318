import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { UndoneRow, UndonePage, UndoImportRequest } from "#lib/uploads/undo/undo.ts";
import { adviceOf, type Telling } from "./advice.ts";
import { confirm, say } from "./command.ts";

/** How an operator asks for an import to be taken back. */
export interface UndoAsked {
  readonly isApply: boolean;
  readonly deletes: boolean;
  readonly yes: boolean;
  /** Where the accounts are, for the question. */
  readonly place: string;
  readonly telling: Telling;
}

type Ask = (
  request: UndoImportRequest & Extract<OperationRequest, { operation: "undo-import" }>,
) => Promise<UndonePage>;

/** Rows that stay, which are told one by one. */
const toldRows = 20;

/**
 * Takes an import back: shows the plan of it, asks, and carries it out. No more accounts are closed than the plan has. It may be asked for any
 * number of times, and goes on where it was cut off.
 */
export async function takeBack(
  id: string,
  { isApply, deletes, yes, place, telling }: UndoAsked,
  ask: Ask,
  isStopped: () => boolean = () => false,
): Promise<number> {
  const request = { operation: "undo-import", import: id, deletes, after: 0 } as const;
  const plan = await everyPage({ ...request, mode: "preview" }, ask, isStopped);
  const many = plan.filter(isClosing).length;
  const verb = deletes ? "delete" : "resign";
  say(undoText(plan, `accounts would be ${verb}${deletes ? "d" : "ed"}`, telling));
  if (!isApply) {
    say("\nNothing was changed.");
    return 0;
  }
  const accounts = `${many} ${many === 1 ? "account" : "accounts"}`;
  if (many > 0 && !yes) {
    if (!(await confirm(`\n${verb[0]?.toUpperCase()}${verb.slice(1)} ${accounts} at ${place}?`))) {
      say("nothing was changed");
      return 1;
    }
  }
  const rows = await everyPage({ ...request, mode: "apply", most: many }, ask, isStopped);
  say(`\n${undoText(rows, `accounts were ${verb}${deletes ? "d" : "ed"}`, telling)}`);
  if (isStopped()) say("ended before the end; the same line goes on", process.stderr);
  return isStopped() || rows.some(({ outcome }) => outcome === "failed" || outcome === "held") ? 1 : 0;
}

async function everyPage(
  request: Parameters<Ask>[0],
  ask: Ask,
  isStopped: () => boolean,
): Promise<readonly UndoneRow[]> {
  const rows: UndoneRow[] = [];
  let { most } = request;
  let after: number | undefined = 0;
  while (after !== undefined && !isStopped()) {
    const page: UndonePage = await ask({ ...request, after, ...(most !== undefined && { most }) });
    rows.push(...page.rows);
    if (most !== undefined) most -= page.rows.filter(isClosing).length;
    after = page.next;
    if (after !== undefined) say(`${rows.length} rows, going on`, process.stderr);
  }
  return rows;
}

/** Whether an account is closed for a row, or would be: not where it is closed already. */
const isClosing = ({ outcome, reason }: UndoneRow): boolean => outcome === "reversed" && reason === undefined;

function undoText(rows: readonly UndoneRow[], closing: string, telling: Telling): string {
  const stays = rows.filter((row) => !isClosing(row));
  const reasons = Map.groupBy(stays, ({ outcome, reason = "" }) => `${outcome}: ${reason}`);
  return [
    `${String(rows.length - stays.length).padStart(8)}  ${closing}`,
    ...[...reasons].flatMap(([told, all]) => [
      `${String(all.length).padStart(8)}  ${told}`,
      ...adviceOf({ reason: all[0]?.reason ?? "", source: "uploads" }, telling).map(
        (line) => `        ${line}`,
      ),
      ...all
        .slice(0, toldRows)
        .map(({ row, externalId = "" }) => `            ${row}  ${externalId}`.trimEnd()),
      ...(all.length > toldRows ? [`            and ${all.length - toldRows} more`] : []),
    ]),
  ].join("\n");
}
