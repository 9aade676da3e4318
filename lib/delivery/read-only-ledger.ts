import type { Ledger } from "#lib/contract/ledger.ts";

/** A ledger for a rehearsal: what is read is real, and nothing is written. Every claim succeeds. */
export function readOnlyLedger(ledger: Ledger): Ledger {
  const cursors = new Map<string, string>();
  return {
    // Reads go to the real ledger, and writes nowhere.
    claim: async () => ({ state: "claimed", attempts: 1 }),
    async release() {},
    lockPerson: async () => [],
    reopen: async () => true,
    async settle() {},
    subject: (source, subject) => ledger.subject(source, subject),
    async tell() {},
    countSubjects: (source) => ledger.countSubjects(source),
    subjectsOf: (source, subjects) => ledger.subjectsOf(source, subjects),
    subjects: (source, after) => ledger.subjects(source, after),
    countDeparture: async () => 1,
    firstDepartures: (source, before) => ledger.firstDepartures(source, before),
    person: (externalId) => ledger.person(externalId),
    people: (externalIds) => ledger.people(externalIds),
    async recordPeople() {},
    async renamePerson() {},
    event: (key) => ledger.event(key),
    finishChunk: async (_key, chunk) => new Set([chunk]),
    finishedChunks: (key) => ledger.finishedChunks(key),
    events: (externalId, limit) => ledger.events(externalId, limit),
    pausedSince: (source) => ledger.pausedSince(source),
    async pause() {},
    cursor: async (source) => cursors.get(source) ?? (await ledger.cursor(source)),
    moveCursor: async (source, cursor) => void cursors.set(source, cursor),
  };
}
