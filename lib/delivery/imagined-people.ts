import type { Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import { readOnlyLedger } from "./read-only-ledger.ts";

/** A ledger for the rehearsal of a whole file: it writes nowhere, and remembers the people that it was told of. */
export interface RehearsalLedger extends Ledger {
  /** The people that the next rehearsal has to know: those whose id `keeps` names. */
  save(keeps: (externalId: string) => boolean): readonly PersonRecord[];
}

/** @param saved what the rehearsal before has saved. */
export function rehearsalLedger(ledger: Ledger, saved: readonly PersonRecord[] = []): RehearsalLedger {
  const people = new Map(saved.map((person) => [person.externalId, person]));
  const person: Ledger["person"] = async (externalId) =>
    people.get(externalId) ?? (await ledger.person(externalId));
  return {
    ...readOnlyLedger(ledger),
    person,
    async people(externalIds) {
      const real = await ledger.people(externalIds);
      return externalIds.map((externalId, index) => people.get(externalId) ?? real[index]);
    },
    async recordPeople(notes) {
      for (const { externalId, createdBy, userId, owner, isNew } of notes) {
        const found = await person(externalId);
        // A person who had this id before has been renamed since.
        const known = isNew && found?.externalId !== externalId ? undefined : found;
        const today = known?.externalId ?? externalId;
        const ownerNow = known?.owner ?? owner;
        people.set(today, {
          ...known,
          externalId: today,
          createdBy: known?.createdBy ?? createdBy,
          ...(userId !== undefined && { userId }),
          ...(ownerNow !== undefined && { owner: ownerNow }),
        });
      }
    },
    save: (keeps) => [...people.values()].filter(({ externalId }) => keeps(externalId)),
  };
}
