import { withNote } from "#lib/ledger/person-note.ts";
import { withBegun } from "#lib/ledger/begun.ts";
import type {
  BegunCreate,
  EventKey,
  EventRecord,
  Ledger,
  PersonRecord,
  SubjectRecord,
} from "#lib/contract/ledger.ts";
import { staysParked } from "#lib/contract/parked.ts";
import { withTold } from "#lib/ledger/merge.ts";

const subjectsPerPage = 1000;
/** Of how many departures of an hour the ids are remembered. */
const firstDepartures = 50;

interface Entry {
  owner?: string;
  leaseEndsAt: number;
  attempts: number;
  record?: EventRecord;
  expiresAt: number;
}

// The suites in virtual time open ten thousand worlds and end processes at each of their steps: with this ledger they take less than half of
// the time that they take with SQLite (docs/decisions/2026-11-27-one-file-on-one-machine.md). One suite keeps all ledgers the same.

/** A ledger in memory. */
export interface MemoryLedger extends Ledger {
  /** The newest `limit` outcomes, oldest first. */
  recent(limit: number): EventRecord[];
}

/** A ledger in memory. `now` gives milliseconds since 1970. */
export function memoryLedger(now: () => number = Date.now): MemoryLedger {
  const entries = new Map<string, Entry>();
  const subjects = new Map<string, SubjectRecord>();
  const people = new Map<string, PersonRecord>();
  const chunks = new Map<string, { done: ReadonlySet<number>; expiresAt: number }>();
  const departures = new Map<string, { source: string; at: number; count: number; id: string }>();
  const pauses = new Map<string, string>();
  const cursors = new Map<string, string>();
  const locks = new Map<
    string,
    { readonly key: EventKey; readonly endsAt: number; readonly begun: readonly BegunCreate[] }
  >();

  const personOf = (externalId: string): PersonRecord | undefined => {
    const known = people.get(externalId);
    return known?.renamedTo === undefined ? known : people.get(known.renamedTo);
  };

  /** Takes an earlier id from the person who had it. */
  const giveUp = (externalId: string): void => {
    const { renamedTo } = people.get(externalId) ?? {};
    const former = renamedTo === undefined ? undefined : people.get(renamedTo);
    if (!former) return;
    const formerly = (former.formerly ?? []).filter((id) => id !== externalId);
    people.set(former.externalId, { ...former, formerly });
    people.delete(externalId);
  };

  const nameOf = (key: EventKey) => `${key.source}#${key.id}`;
  const entryOf = (key: EventKey): Entry => {
    const name = nameOf(key);
    const known = entries.get(name);
    if (known && known.expiresAt > now()) return known;
    const fresh: Entry = { leaseEndsAt: 0, attempts: 0, expiresAt: Number.POSITIVE_INFINITY };
    entries.set(name, fresh);
    return fresh;
  };
  const chunksOf = (key: EventKey): ReadonlySet<number> => {
    const known = chunks.get(nameOf(key));
    return known && known.expiresAt > now() ? known.done : new Set();
  };
  const settled = () =>
    [...entries.values()].flatMap(({ record, expiresAt }) => (record && expiresAt > now() ? record : []));

  return {
    async claim(key, { owner, leaseSeconds }) {
      const entry = entryOf(key);
      if (entry.record) return { state: "settled", record: entry.record };
      if (entry.owner !== undefined && entry.owner !== owner && entry.leaseEndsAt > now()) {
        return { state: "busy" };
      }
      entry.owner = owner;
      entry.leaseEndsAt = now() + leaseSeconds * 1000;
      entry.attempts += 1;
      return { state: "claimed", attempts: entry.attempts };
    },

    async release(key, owner) {
      const entry = entryOf(key);
      if (entry.record === undefined && entry.owner === owner) entry.leaseEndsAt = 0;
    },

    async lockPerson(person, key, leaseSeconds, begins) {
      const lock = locks.get(person);
      const isOthers = lock !== undefined && nameOf(lock.key) !== nameOf(key) && lock.endsAt > now();
      if (isOthers) {
        const { record, leaseEndsAt } = entryOf(lock.key);
        if (record === undefined && leaseEndsAt > now()) return false;
      }
      const begun = lock?.begun ?? [];
      locks.set(person, { key, endsAt: now() + leaseSeconds * 1000, begun: withBegun(begun, begins) });
      return begun;
    },

    async reopen(key) {
      const entry = entryOf(key);
      const kind = entry.record?.outcome.kind;
      if (!staysParked(kind)) return false;
      delete entry.record;
      entry.leaseEndsAt = 0;
      entry.expiresAt = Number.POSITIVE_INFINITY;
      return true;
    },

    async settle(records, keepSeconds) {
      for (const record of records) {
        const entry = entryOf(record);
        if (entry.record) continue;
        entry.record = record;
        entry.expiresAt = now() + keepSeconds * 1000;
        // Map keeps the order of insertion: the newest outcome goes last.
        entries.delete(nameOf(record));
        entries.set(nameOf(record), entry);
      }
    },

    async subject(source, subject) {
      return subjects.get(`${source}#${subject}`);
    },

    async tell(record) {
      const name = `${record.source}#${record.subject}`;
      subjects.set(name, withTold(subjects.get(name), record));
    },

    async countSubjects(source) {
      return [...subjects.values()].filter((record) => record.source === source).length;
    },

    async subjectsOf(source, asked) {
      return asked.map((subject) => subjects.get(`${source}#${subject}`));
    },

    async subjects(source, after = "") {
      const ids = [...subjects.values()].flatMap((record) =>
        record.source === source ? record.subject : [],
      );
      const page = ids
        .toSorted()
        .filter((id) => id > after)
        .slice(0, subjectsPerPage + 1);
      const next = page.length > subjectsPerPage ? page[subjectsPerPage - 1] : undefined;
      return { subjects: page.slice(0, subjectsPerPage), ...(next !== undefined && { next }) };
    },

    async countDeparture(key, withinSeconds) {
      const told = departures.get(nameOf(key));
      if (told) return told.count;
      const since = now() - withinSeconds * 1000;
      const recent = [...departures.values()].filter(({ source, at }) => source === key.source && at > since);
      const count = recent.length + 1;
      departures.set(nameOf(key), { source: key.source, at: now(), count, id: key.id });
      return count;
    },

    async firstDepartures(source, before) {
      const until = Date.parse(before);
      return [...departures.values()]
        .filter((each) => each.source === source && each.count <= firstDepartures)
        .filter(({ at }) => at <= until && at >= until - 3_600_000)
        .map(({ id }) => id);
    },

    async person(externalId) {
      return personOf(externalId);
    },

    async people(externalIds) {
      return externalIds.map(personOf);
    },

    async recordPeople(notes) {
      for (const note of notes) {
        const known = people.get(note.externalId);
        if (note.isNew && known?.renamedTo !== undefined) {
          giveUp(note.externalId);
          people.set(note.externalId, withNote(undefined, note));
          continue;
        }
        const today = known?.renamedTo ?? note.externalId;
        people.set(today, withNote(people.get(today), { ...note, externalId: today }));
      }
    },

    async renamePerson(from, to) {
      const known = personOf(from);
      if (!known || known.externalId === to) return;
      giveUp(to);
      const formerly = [...new Set([...(known.formerly ?? []), known.externalId])].filter((id) => id !== to);
      people.set(to, { ...known, externalId: to, formerly });
      for (const id of formerly) {
        // An earlier id that belongs to another person by now stays that person's.
        const isStillTheirs = id === known.externalId || people.get(id)?.renamedTo === known.externalId;
        if (isStillTheirs) people.set(id, { externalId: id, createdBy: known.createdBy, renamedTo: to });
      }
    },

    async event(key) {
      const entry = entries.get(nameOf(key));
      return entry && entry.expiresAt > now() ? entry.record : undefined;
    },

    async finishChunk(key, chunk, keepSeconds) {
      const done = new Set([...chunksOf(key), chunk]);
      chunks.set(nameOf(key), { done, expiresAt: now() + keepSeconds * 1000 });
      return done;
    },

    async finishedChunks(key) {
      return chunksOf(key);
    },

    async events(externalId, limit) {
      const { externalId: today, formerly = [] } = personOf(externalId) ?? { externalId };
      const ids = new Set([externalId, today, ...formerly]);
      return settled()
        .filter((record) => record.externalId !== undefined && ids.has(record.externalId))
        .slice(-limit);
    },

    async pausedSince(source) {
      return pauses.get(source);
    },

    async pause(source, since) {
      if (since === undefined) pauses.delete(source);
      else pauses.set(source, since);
    },

    async cursor(source) {
      return cursors.get(source);
    },

    async moveCursor(source, cursor) {
      cursors.set(source, cursor);
    },

    recent(limit) {
      return settled().slice(-limit);
    },
  };
}
