import type { UserDto } from "#lib/authing/dto.ts";
import type { EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { isDone } from "#lib/contract/outcome.ts";
import { rowKey, uploadsSource } from "#lib/uploads/ledger-entries.ts";
import type { AcceptedLine } from "./accepted-lines.ts";

/** Why an account stays. */
export interface Kept {
  readonly reason: string;
}

/** How far Authing's clock and ours may differ, in milliseconds. */
const clockToleranceMilliseconds = 5_000;
/** The newest outcomes about a person that are looked at. */
const eventsLookedAt = 50;

/** The id, in the ledger, of the undoing of a row. */
const undoSuffix = "/undone";
export const undoKey = (id: string, { row, part }: AcceptedLine) => {
  const { source, id: name } = rowKey(id, row);
  return { source, id: `${name}${part === undefined ? "" : `/${part}`}${undoSuffix}` };
};

/**
 * Why an account that an import has made stays: what has become of it since. `undefined` where no person has touched it, as far as the ledger and
 * Authing tell.
 *
 * @param since when the row was settled, in milliseconds since 1970.
 */
export async function whyKept(
  id: string,
  line: AcceptedLine,
  user: UserDto,
  since: number,
  ledger: Pick<Ledger, "person" | "events" | "event">,
): Promise<Kept | undefined> {
  const { externalId } = line;
  if (externalId !== undefined) {
    const own = rowKey(id, line.row);
    const person = await ledger.person(externalId);
    if (person && person.createdBy !== `${own.source}/${own.id}`) return { reason: "brought-by-another" };
    if (person?.externalId !== undefined && person.externalId !== externalId)
      return { reason: "changed-by-source" };
    for (const record of await ledger.events(externalId, eventsLookedAt)) {
      const changed = touchOf(record, own.id);
      if (changed !== undefined) return changed;
    }
  }
  if (user.externalId !== externalId) return { reason: "changed-at-authing" };
  // Our own undoing, which may have ended between the call and the record of it, is no change by another.
  const undone = await ledger.event(undoKey(id, line));
  const latest = Math.max(since, Date.parse(undone?.settledAt ?? "") || 0) + clockToleranceMilliseconds;
  if (Date.parse(user.lastLogin ?? "") > latest) return { reason: "signed-in-since" };
  return Date.parse(user.updatedAt ?? "") > latest ? { reason: "changed-at-authing" } : undefined;
}

/** What another event or row did to the person. One that was refused did nothing. */
function touchOf({ source, id, outcome }: EventRecord, own: string): Kept | undefined {
  if (source === uploadsSource) {
    if (id === own || id.endsWith(undoSuffix) || !isDone(outcome)) return undefined;
    return { reason: "changed-by-import" };
  }
  return isDone(outcome) || outcome.kind === "already-done" || outcome.closed
    ? { reason: "changed-by-source" }
    : undefined;
}
