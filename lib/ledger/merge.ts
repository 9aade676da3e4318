import type { FieldTold, SubjectRecord } from "#lib/contract/ledger.ts";

// How the ledger merges what an event tells with what it knows: the same for every implementation of the ledger.

/** What a source has told of a person, with what it tells now: of each field the newest counts, of two equal ones the later call. */
export function withTold(known: SubjectRecord | undefined, now: SubjectRecord): SubjectRecord {
  // From now on the id names another person; of the person before, only the new id stays.
  if (now.movedTo !== undefined) return now;
  if (!known) return now;
  const isNewer = (name: string) => (known.told[name]?.at ?? "") <= (now.told[name]?.at ?? "");
  const told: Record<string, FieldTold> = { ...known.told };
  for (const [name, field] of Object.entries(now.told)) if (isNewer(name)) told[name] = field;
  const { isClosed, lastDay, firstDay, departments, ...rest } = now;
  return {
    ...known,
    ...rest,
    told,
    ...(isClosed !== undefined && isNewer("access") && { isClosed }),
    ...(lastDay !== undefined && isNewer("departure") && { lastDay }),
    ...(firstDay !== undefined && isNewer("arrival") && { firstDay }),
    ...(departments && isNewer("departments") && { departments }),
  };
}
