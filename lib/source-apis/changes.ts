import { instant } from "#lib/fields/date.ts";

// Where a list of changes was read up to, for events that announce changes and name no person. The ledger keeps it as a text.

/** How much is read again, in milliseconds: our clock and the source's may differ. Events are known by their ids. */
const overlapMilliseconds = 5 * 60_000;
/** A page's cursor that is older, in milliseconds, may be unknown to the source by now: the list is read again from its beginning. */
const pageLastsMilliseconds = 24 * 60 * 60_000;

/** A place in a list of changes. */
export interface ChangesCursor {
  /** Changes since this moment are read, ISO 8601; absent: all people. */
  readonly since?: string;
  /** The source's cursor of the page to read; absent: the first one. */
  readonly page?: string;
  /** When the first page was read, ISO 8601. */
  readonly startedAt: string;
}

/** @param now milliseconds since 1970. */
export function changesFrom(cursor: string | undefined, now: number): ChangesCursor {
  const { since, page, startedAt } = parsed(cursor);
  const from = since === undefined ? {} : { since };
  const isFresh = startedAt !== undefined && now - Date.parse(startedAt) < pageLastsMilliseconds;
  if (page !== undefined && isFresh) return { ...from, page, startedAt };
  return { ...from, startedAt: new Date(now).toISOString() };
}

/** What the ledger keeps once a page is queued: the place of the next one, or, after the last one, when the next list begins. */
export function changesUpTo(
  read: ChangesCursor,
  nextPage: string | undefined,
): { readonly cursor: string; readonly isComplete: boolean } {
  if (nextPage !== undefined) {
    return { cursor: JSON.stringify({ ...read, page: nextPage }), isComplete: false };
  }
  const since = new Date(Date.parse(read.startedAt) - overlapMilliseconds).toISOString();
  return { cursor: JSON.stringify({ since }), isComplete: true };
}

/** A cursor that cannot be read is none: everybody is read again. */
function parsed(cursor: string | undefined): Partial<ChangesCursor> {
  let document: unknown;
  try {
    document = JSON.parse(cursor ?? "{}");
  } catch {
    return {};
  }
  if (typeof document !== "object" || document === null) return {};
  const { since, page, startedAt } = document as Record<string, unknown>;
  const [from, started] = [instant(since), instant(startedAt)];
  return {
    ...(from !== undefined && { since: from }),
    ...(typeof page === "string" && page !== "" && { page }),
    ...(started !== undefined && { startedAt: started }),
  };
}
