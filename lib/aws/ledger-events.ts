import type { BegunCreate, EventKey, EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { staysParked } from "#lib/contract/parked.ts";
import { withBegun } from "#lib/ledger/begun.ts";
import { countOf, hasExpired, keyOf, keyPiece, number, text, type Item, type Table } from "./ledger-table.ts";
import { inParallel } from "#lib/parallel.ts";
import { outcomeIn, storedOutcome } from "./stored-outcome.ts";

// What became of events, rows and imports: claims, outcomes, departures that are counted, chunks that are done.

type EventLedger = Pick<
  Ledger,
  | "claim"
  | "release"
  | "lockPerson"
  | "reopen"
  | "settle"
  | "event"
  | "countDeparture"
  | "firstDepartures"
  | "finishChunk"
  | "finishedChunks"
>;

const writesAtOnce = 10;
/** How long the ledger keeps an event without an outcome after its last claim: as long as the queue would keep the message. */
const claimKeptSeconds = 14 * 24 * 3600;
/** How long the ledger remembers how many left in a minute, and who was first: an operator decides about a wave within days. */
const departuresKeptSeconds = 30 * 24 * 3600;
/** Of how many departures of an hour the ledger remembers the ids. */
const firstDepartures = 50;

/** @param now milliseconds since 1970 */
export function eventLedger(table: Table, now: () => number): EventLedger {
  const seconds = () => Math.floor(now() / 1000);
  /** The event for which a person is locked. */
  const ownerOf = ({ owner }: Item) => table.get({ pk: owner ?? text(""), sk: text("event") });

  /** Tells of each of these events whether it created its person. */
  async function creatorsAmong(records: readonly EventRecord[]): Promise<(record: EventRecord) => boolean> {
    const ids = [...new Set(records.flatMap(({ externalId }) => externalId ?? []))];
    const items = await table.getMany(ids.map(personKey));
    const createdBy = new Map(ids.map((id, index) => [id, creatorOf(items[index])]));
    return ({ externalId, source, id }) =>
      externalId !== undefined && createdBy.get(externalId) === `${source}/${id}`;
  }

  const ledger: EventLedger = {
    async claim(key, { owner, leaseSeconds }) {
      const claimed = await table.update(
        eventKey(key),
        {
          set: {
            owner: text(owner),
            lease: number(now() + leaseSeconds * 1000),
            expires: number(seconds() + leaseSeconds + claimKeptSeconds),
          },
          add: { attempts: number(1) },
        },
        {
          when: "attribute_not_exists(#record) AND (attribute_not_exists(#owner) OR #owner = :owner OR #lease <= :now)",
          values: { now: number(now()) },
        },
      );
      if (claimed.held) return { state: "claimed", attempts: Number(claimed.item?.["attempts"]?.N) };
      const record = outcomeIn(claimed.item, key);
      if (claimed.item === undefined || record === undefined) return { state: "busy" };
      if (!hasExpired(claimed.item, seconds())) return { state: "settled", record };
      await table.delete(eventKey(key), { when: "#expires <= :now", values: { now: number(seconds()) } });
      return ledger.claim(key, { owner, leaseSeconds });
    },

    async release(key, owner) {
      await table.update(
        eventKey(key),
        { set: { lease: number(0) } },
        { when: "#owner = :owner AND attribute_not_exists(#record)", values: { owner: text(owner) } },
      );
    },

    async lockPerson(person, key, leaseSeconds, begins) {
      const lock = eventKey({ source: "people", id: person });
      const owner = eventKey(key)["pk"] ?? text("");
      // Read first: a write whose condition does not hold costs as much as one that does.
      const found = await table.get(lock);
      const isOthers = found !== undefined && found["owner"]?.S !== owner.S;
      if (isOthers && holds(found, now()) && holds(await ownerOf(found), now())) return false;
      const begun = begunIn(found);
      const locked = await table.update(
        lock,
        {
          set: {
            owner,
            ...(begins && { begun: text(JSON.stringify(withBegun(begun, begins))) }),
            lease: number(now() + leaseSeconds * 1000),
            expires: number(seconds() + leaseSeconds + claimKeptSeconds),
          },
          // Counts, so that of several workers that read the same one locks.
          add: { attempts: number(1) },
        },
        found?.["attempts"]
          ? { when: "#attempts = :known", values: { known: found["attempts"] } }
          : { when: "attribute_not_exists(#attempts)" },
      );
      return locked.held && begun;
    },

    async reopen(key) {
      const found = await table.get(eventKey(key));
      const record = found?.["record"];
      if (record === undefined || !staysParked(outcomeIn(found, key)?.outcome.kind)) return false;
      const reopened = await table.update(
        eventKey(key),
        // Removes it from the index of its person, too.
        {
          set: { lease: number(0), expires: number(seconds() + claimKeptSeconds) },
          remove: ["record", "settled", "person"],
        },
        { when: "#record = :record", values: { record } },
      );
      return reopened.held;
    },

    async settle(records, keepSeconds) {
      const settled = firstOfEach(records, eventName);
      const isCreator = await creatorsAmong(settled);
      await inParallel(settled, writesAtOnce, async (record) => {
        // What created a person is found by the person's item: a place in the index would be billed as one write more.
        const externalId = isCreator(record) ? undefined : record.externalId;
        const key = eventKey(record);
        await table.update(
          key,
          {
            set: {
              ...storedOutcome(record, key["pk"]?.S ?? ""),
              expires: number(seconds() + keepSeconds),
              ...(externalId !== undefined && { person: personName(externalId) }),
            },
            remove: ["owner", "lease", ...(externalId === undefined ? ["person"] : [])],
          },
          {
            when: "attribute_not_exists(#record) OR #expires <= :now",
            values: { now: number(seconds()) },
          },
        );
      });
    },

    async event(key) {
      const found = await table.get(eventKey(key));
      return found === undefined || hasExpired(found, seconds()) ? undefined : outcomeIn(found, key);
    },

    async countDeparture(key, withinSeconds) {
      const told = (await table.get(eventKey(key)))?.["departures"]?.N;
      if (told !== undefined) return Number(told);
      const minute = Math.floor(seconds() / 60);
      // A worker that is cut off before it stores the number counts the departure twice: one too many is safer than one too few.
      const bucket = departuresKey(key.source, minute);
      const added = await table.update(bucket, {
        set: { expires: number(seconds() + departuresKeptSeconds) },
        add: { count: number(1) },
      });
      const { items } = await table.query({
        where: "#pk = :pk AND #sk > :since",
        values: {
          pk: bucket["pk"] ?? text(""),
          since: text(minuteText(minute - Math.ceil(withinSeconds / 60))),
        },
      });
      // Of this minute, only what was counted before this departure: otherwise each of several departures at the same time would be
      // counted as the last.
      const others = items.filter(({ sk }) => sk?.S !== bucket["sk"]?.S);
      const count = others.reduce((sum, other) => sum + countOf(other), countOf(added.item));
      // The first ones are remembered by their ids: of a wave, these are the people whose accounts were closed.
      if (count <= firstDepartures) await table.update(bucket, { add: { first: { SS: [key.id] } } });
      await table.update(eventKey(key), { set: { departures: number(count) } });
      return count;
    },

    async firstDepartures(source, before) {
      const last = Math.floor(Date.parse(before) / 60_000);
      const { items } = await table.query({
        where: "#pk = :pk AND #sk BETWEEN :from AND :to",
        values: {
          pk: departuresKey(source, last)["pk"] ?? text(""),
          from: text(minuteText(last - 60)),
          to: text(minuteText(last)),
        },
      });
      return items.flatMap(({ first }) => first?.SS ?? []).slice(0, firstDepartures);
    },

    async finishChunk(key, chunk, keepSeconds) {
      const { item } = await table.update(chunksKey(key), {
        set: { expires: number(seconds() + keepSeconds) },
        // A set: a chunk that is added twice is in it once.
        add: { done: { NS: [String(chunk)] } },
      });
      return chunksOf(item, seconds());
    },

    async finishedChunks(key) {
      return chunksOf(await table.get(chunksKey(key)), seconds());
    },
  };
  return ledger;
}

/** A person in the index `by-person`, which takes no empty text. */
export const personName = (externalId: string) => text(`person#${keyPiece(externalId)}`);

export const personKey = (externalId: string) => keyOf("person", [externalId]);

/** What created the person of an item, `source/eventId`; `undefined` where the id was given up for another one. */
export const creatorOf = (person: Item | undefined) =>
  person?.["renamedTo"] ? undefined : person?.["createdBy"]?.S;

/** Whether a lock, or the claim of an event, still holds. */
const holds = (item: Item | undefined, now: number) =>
  item !== undefined && item["record"] === undefined && Number(item["lease"]?.N ?? 0) > now;

const begunIn = (lock: Item | undefined): readonly BegunCreate[] =>
  JSON.parse(lock?.["begun"]?.S ?? "[]") as BegunCreate[];

const eventName = ({ source, id }: EventKey) => `${source}#${id}`;
export const eventKey = ({ source, id }: EventKey) => keyOf("event", [source, id]);
const chunksKey = ({ source, id }: EventKey) => keyOf("event", [source, id], "chunks");
const chunksOf = (found: Item | undefined, second: number): ReadonlySet<number> =>
  new Set(found === undefined || hasExpired(found, second) ? [] : found["done"]?.NS?.map(Number));

/** Departures are counted by the minute (since 1970), in the order of time. */
const departuresKey = (source: string, minute: number) => keyOf("departures", [source], minuteText(minute));
const minuteText = (minute: number) => String(minute).padStart(10, "0");

/** Writes that run at the same time have no order, so of several with one name only the first is written. */
function firstOfEach<Entry>(entries: readonly Entry[], nameOf: (entry: Entry) => string): Entry[] {
  return [...Map.groupBy(entries, nameOf).values()].flatMap((group) => group[0] ?? []);
}
