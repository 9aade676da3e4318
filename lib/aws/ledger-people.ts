import { randomUUID } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventKey, EventRecord, Ledger, PersonNote, PersonRecord } from "#lib/contract/ledger.ts";
import { creatorOf, eventKey, personKey, personName } from "./ledger-events.ts";
import { hasExpired, text, type Item, type Table, type Update } from "./ledger-table.ts";
import { inParallel } from "#lib/parallel.ts";
import { outcomeIn } from "./stored-outcome.ts";

// What is known of people at Authing, and the outcomes about them.
//
// Where our id of a person changes, the old id's item becomes a pointer to the new one. That takes several writes, of which the
// first decides: (1) the old item gets `renamedTo` and `moving`, and does not change any more; (2) the new item is written as
// a copy of it; (3) earlier ids point to the new one; (4) the old item keeps only its pointer. Any worker that reads
// `moving` finishes what another one began before it goes on, and each write has a condition, so that two may do so at once.

type PeopleLedger = Pick<Ledger, "person" | "people" | "recordPeople" | "renamePerson" | "events">;

const writesAtOnce = 10;
/** Pointers that lead to each other: only while a rename is under way. */
const maxHops = 20;

/** @param now milliseconds since 1970 */
export function peopleLedger(table: Table, now: () => number): PeopleLedger {
  /** The item of a person by today's or an earlier id, and their id of today. */
  async function todays(externalId: string): Promise<{ id: string; item: Item } | undefined> {
    let id = externalId;
    for (let hops = 0; hops < maxHops; hops += 1) {
      const item = await table.get(personKey(id));
      if (!item) return undefined;
      const renamedTo = item["renamedTo"]?.S;
      if (renamedTo === undefined) return { id, item };
      if (item["moving"]) await finishRename(id, item);
      id = renamedTo;
    }
    throw new InboundError("unavailable", "person-is-being-renamed");
  }

  /** Steps 2 to 4 of a rename, from the item that step 1 has written. */
  async function finishRename(from: string, item: Item): Promise<void> {
    const { renamedTo, moving, pk: _, sk: __, ...known } = item;
    const to = renamedTo?.S ?? "";
    const formerly = [...new Set([...formerIds(item), from])].filter((id) => id !== to);
    const token = moving ?? text("");
    // A person who had the new id before is replaced; what created that person goes into the index.
    const replaced = creatorOf(await table.get(personKey(to)));
    if (replaced !== undefined && replaced !== item["createdBy"]?.S) {
      const condition = { when: "attribute_exists(#record)" };
      await table.update(eventKey(eventOf(replaced)), { set: { person: personName(to) } }, condition);
    }
    await table.put(
      { ...known, ...personKey(to), externalId: text(to), formerly: { L: formerly.map(text) }, moved: token },
      // Does not overwrite what a worker has noted under the new id since it exists.
      { when: "attribute_not_exists(#moved) OR #moved <> :token", values: { token } },
    );
    for (const id of formerly.filter((each) => each !== from)) {
      // An id that belongs to another person by now is not changed.
      const condition = { when: "#renamedTo = :from", values: { from: text(from) } };
      await table.update(personKey(id), { set: { renamedTo: text(to) } }, condition);
    }
    await table.update(
      personKey(from),
      { remove: ["moving", "userId", "owner", "closedBy", "formerly"] },
      { when: "#moving = :token", values: { token } },
    );
  }

  /** Gives an id that a renamed person had before to a new one. `false` while the rename is under way. */
  async function giveAway(id: string, note: PersonNote): Promise<boolean> {
    const { createdBy, userId, owner } = note;
    const written = await table.put(
      {
        ...personKey(id),
        externalId: text(id),
        createdBy: text(createdBy),
        ...(userId !== undefined && { userId: text(userId) }),
        ...(owner !== undefined && { owner: text(owner) }),
      },
      { when: "attribute_exists(#renamedTo) AND attribute_not_exists(#moving)", values: {} },
    );
    return written.held;
  }

  async function notePerson(note: PersonNote): Promise<void> {
    let id = note.externalId;
    for (let hops = 0; hops < maxHops; hops += 1) {
      const written = await table.update(personKey(id), noted(id, note), {
        when: "attribute_not_exists(#renamedTo)",
      });
      if (written.held) return;
      if (note.isNew && (await giveAway(id, note))) return;
      // Another worker may have written a new person between the write and the read.
      id = (await todays(id))?.id ?? id;
    }
    throw new InboundError("unavailable", "person-is-being-renamed");
  }

  const outcomeKeptIn = (item: Item | undefined) =>
    item && !hasExpired(item, Math.floor(now() / 1000)) ? outcomeIn(item) : undefined;

  /** The outcome of what created a person, which is not in the index. */
  async function creationOf(person: Item): Promise<readonly EventRecord[]> {
    const creator = creatorOf(person);
    const key = creator !== undefined && eventOf(creator);
    const record = key && outcomeKeptIn(await table.get(eventKey(key)));
    return record ? [record] : [];
  }

  /** The other outcomes. */
  async function outcomesAbout(externalId: string, limit: number): Promise<EventRecord[]> {
    const newestFirst: EventRecord[] = [];
    const person = personName(externalId);
    let from: Item | undefined;
    do {
      const page = await table.query({
        index: "by-person",
        where: "#person = :person",
        values: { person },
        newestFirst: true,
        limit,
        from,
      });
      const items = await table.getMany(page.items.map(({ pk = text(""), sk = text("") }) => ({ pk, sk })));
      for (const item of items) {
        // The index is read a moment late: the event may have been opened again.
        const record = item?.["person"]?.S === person.S && outcomeKeptIn(item);
        if (record) newestFirst.push(record);
      }
      from = page.next;
    } while (from && newestFirst.length < limit);
    return newestFirst.slice(0, limit);
  }

  async function personBy(externalId: string): Promise<PersonRecord | undefined> {
    const found = await todays(externalId);
    return found && personOf(found.id, found.item);
  }

  return {
    person: personBy,

    async people(externalIds) {
      const items = await table.getMany(externalIds.map(personKey));
      return Promise.all(
        externalIds.map((externalId, index) => {
          const item = items[index];
          // Hardly any id is an earlier one: its pointer is followed by itself.
          return item?.["renamedTo"] ? personBy(externalId) : item && personOf(externalId, item);
        }),
      );
    },

    async recordPeople(notes) {
      const people = [...Map.groupBy(notes, ({ externalId }) => externalId).values()];
      // Writes about one person run one after the other: the last one counts.
      await inParallel(people, writesAtOnce, async (own) => {
        for (const note of own) await notePerson(note);
      });
    },

    async renamePerson(from, to) {
      for (let tries = 0; tries < maxHops; tries += 1) {
        const found = await todays(from);
        if (!found || found.id === to) return;
        const begun = await table.update(
          personKey(found.id),
          { set: { renamedTo: text(to), moving: text(randomUUID()) } },
          { when: "attribute_exists(#createdBy) AND attribute_not_exists(#renamedTo)" },
        );
        if (begun.held && begun.item) return finishRename(found.id, begun.item);
      }
      throw new InboundError("unavailable", "person-is-being-renamed");
    },

    async events(externalId, limit) {
      const found = await todays(externalId);
      const ids = new Set([externalId, ...(found ? [found.id, ...formerIds(found.item)] : [])]);
      const all = await Promise.all([
        ...(found ? [creationOf(found.item)] : []),
        ...[...ids].map((id) => outcomesAbout(id, limit)),
      ]);
      return [...new Map(all.flat().map((record) => [`${record.source}/${record.id}`, record])).values()]
        .toSorted((one, other) =>
          one.settledAt < other.settledAt ? -1 : one.settledAt > other.settledAt ? 1 : 0,
        )
        .slice(-limit);
    },
  };
}

/** The key of `source/eventId`. */
function eventOf(name: string): EventKey {
  const slash = name.indexOf("/");
  return { source: name.slice(0, slash), id: name.slice(slash + 1) };
}

const formerIds = (item: Item) => item["formerly"]?.L?.flatMap(({ S }) => S ?? []) ?? [];

function noted(externalId: string, { createdBy, owner, userId, closes }: PersonNote): Update {
  const sources = closes && { closedBy: { SS: [closes.source] } };
  return {
    set: { externalId: text(externalId), ...(userId !== undefined && { userId: text(userId) }) },
    setOnce: { createdBy: text(createdBy), ...(owner !== undefined && { owner: text(owner) }) },
    ...(sources && (closes.isClosed ? { add: sources } : { take: sources })),
  };
}

function personOf(externalId: string, item: Item): PersonRecord {
  const { userId, owner, createdBy, closedBy } = item;
  const formerly = formerIds(item);
  return {
    externalId,
    createdBy: createdBy?.S ?? "",
    ...(userId?.S !== undefined && { userId: userId.S }),
    ...(owner?.S !== undefined && { owner: owner.S }),
    ...(closedBy?.SS && { closedBy: closedBy.SS.toSorted() }),
    ...(formerly.length > 0 && { formerly }),
  };
}
