import type { PersonNote, PersonRecord } from "#lib/contract/ledger.ts";

/** Merges a note into a person, as they are recorded under our id of today. What created the person, and the person's first owner, never change. */
export function withNote(known: PersonRecord | undefined, note: PersonNote): PersonRecord {
  const { externalId, closes } = note;
  const userId = note.userId ?? known?.userId;
  const owner = known?.owner ?? note.owner;
  const others = (known?.closedBy ?? []).filter((source) => source !== closes?.source);
  const closedBy = closes?.isClosed ? [...others, closes.source] : closes ? others : (known?.closedBy ?? []);
  return {
    externalId,
    createdBy: known?.createdBy ?? note.createdBy,
    ...(userId !== undefined && { userId }),
    ...(owner !== undefined && { owner }),
    ...(closedBy.length > 0 && { closedBy: closedBy.toSorted() }),
    ...(known?.formerly && { formerly: known.formerly }),
  };
}
