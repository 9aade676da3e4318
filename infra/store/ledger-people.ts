import { withNote } from "#lib/ledger/person-note.ts";
import type { EventRecord, Ledger, PersonNote, PersonRecord } from "#lib/contract/ledger.ts";
import { keyOf } from "./database.ts";
import type { Database } from "./sqlite.ts";

/** What is known of people at Authing, and the outcomes about them. `now` gives milliseconds since 1970. */
export function peopleLedger(
  database: Database,
  now: () => number,
): Pick<Ledger, "person" | "people" | "recordPeople" | "renamePerson" | "events"> {
  const read = (externalId: string): PersonRecord | undefined => {
    const row = database.one<{ record: string }>("SELECT record FROM people WHERE id = ?", keyOf(externalId));
    return row && (JSON.parse(row.record) as PersonRecord);
  };
  const write = (person: PersonRecord): void => {
    database.run(
      "INSERT INTO people (id, record) VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
      keyOf(person.externalId),
      JSON.stringify(person),
    );
  };
  const personOf = (externalId: string): PersonRecord | undefined => {
    const known = read(externalId);
    return known?.renamedTo === undefined ? known : read(known.renamedTo);
  };

  /** Takes an earlier id from the person who had it. */
  const giveUp = (externalId: string): void => {
    const { renamedTo } = read(externalId) ?? {};
    const former = renamedTo === undefined ? undefined : read(renamedTo);
    if (!former) return;
    const formerly = (former.formerly ?? []).filter((id) => id !== externalId);
    write({ ...former, formerly });
    database.run("DELETE FROM people WHERE id = ?", keyOf(externalId));
  };

  const record = (note: PersonNote): void => {
    const known = read(note.externalId);
    if (note.isNew && known?.renamedTo !== undefined) {
      giveUp(note.externalId);
      write(withNote(undefined, note));
      return;
    }
    const today = known?.renamedTo ?? note.externalId;
    write(withNote(today === note.externalId ? known : read(today), { ...note, externalId: today }));
  };

  const rename = (from: string, to: string): void => {
    const known = personOf(from);
    if (!known || known.externalId === to) return;
    giveUp(to);
    const formerly = [...new Set([...(known.formerly ?? []), known.externalId])].filter((id) => id !== to);
    write({ ...known, externalId: to, formerly });
    for (const id of formerly) {
      // An earlier id that belongs to another person by now stays that person's.
      const isStillTheirs = id === known.externalId || read(id)?.renamedTo === known.externalId;
      if (isStillTheirs) write({ externalId: id, createdBy: known.createdBy, renamedTo: to });
    }
  };

  return {
    async person(externalId) {
      return personOf(externalId);
    },

    async people(externalIds) {
      return externalIds.map(personOf);
    },

    async recordPeople(notes) {
      if (notes.length === 0) return;
      database.atomic(() => {
        for (const note of notes) record(note);
      });
    },

    async renamePerson(from, to) {
      database.atomic(() => rename(from, to));
    },

    async events(externalId, limit) {
      const { externalId: today, formerly = [] } = personOf(externalId) ?? { externalId };
      const ids = [...new Set([externalId, today, ...formerly])].map(keyOf);
      const rows = database.all<{ record: string }>(
        `SELECT record FROM events WHERE person IN (SELECT value FROM json_each(?)) AND expires_at > ?
         ORDER BY settled DESC LIMIT ?`,
        JSON.stringify(ids),
        now(),
        limit,
      );
      return rows.map(({ record }) => JSON.parse(record) as EventRecord).toReversed();
    },
  };
}
