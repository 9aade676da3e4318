import type { Change, Dropped, Trail } from "#lib/contract/change.ts";
import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { fieldsOnlyAtCreate } from "#lib/contract/person.ts";

/**
 * How long the ledger keeps an outcome, in seconds. For so long `explain` can answer, and the same event, row or file is
 * recognised when it is repeated. For a sender that repeats a delivery for longer, that longer time is added.
 */
export const outcomesKeptSeconds = 90 * 86_400;

/** An event, a row or an import whose outcome is decided. */
interface DecidedEvent {
  readonly key: EventKey;
  readonly type: string;
  /** The source's id of the person. Default empty: the file of an upload has no subject. */
  readonly subject?: string | undefined;
  readonly externalId?: string | undefined;
  /** ISO 8601, UTC. Default: when it was received. */
  readonly occurredAt?: string | undefined;
  /** When it came in (ISO 8601, UTC), and how the sender proved its identity. */
  readonly reception: Pick<EventRecord, "receivedAt" | "proof">;
  /** What it means for Authing, in order. Default none: it was not translated, or none of it was applied. */
  readonly changes?: readonly Change[];
  readonly outcome: Outcome;
}

/**
 * What a record holds at most of what a sender can make large: a label of 430 kB in a payload is a path of 430 kB, and DynamoDB
 * takes 400 kB for an item. Much more than any form of an HR system has; what is cut says so.
 */
const most = { entries: 200, changes: 100, text: 300, bytes: 60_000 } as const;
/** Replaces what was cut. */
const cutMark = "…";

/**
 * Builds the record of an event: the only place where the ledger's view of an event is put together. It has a bounded size: see
 * `most`.
 *
 * @param now milliseconds since 1970: when the outcome was decided.
 */
export function eventRecord(
  { key, type, subject = "", externalId, occurredAt, reception, changes = [], outcome }: DecidedEvent,
  now: number,
): EventRecord {
  const trails: Trail[] = [];
  const dropped: Dropped[] = [];
  for (const change of changes) {
    if (!("trail" in change)) continue;
    trails.push(change.trail);
    dropped.push(...droppedOf(change));
  }
  // Optional fields are spread where they are there: each spread costs as much as all the rest of the record of a row.
  const record = {
    source: key.source,
    id: key.id,
    type: short(type),
    subject: short(subject),
    occurredAt: occurredAt ?? reception.receivedAt,
    receivedAt: reception.receivedAt,
    settledAt: written(now),
    proof: reception.proof,
    changes: changes.slice(0, most.changes).map((change) => change.kind),
    trail: shortTrailOf(trails),
    outcome,
  };
  const named = externalId === undefined ? record : { ...record, externalId };
  return dropped.length === 0 ? named : { ...named, dropped: shortDropped(dropped) };
}

const nothingDropped: readonly Dropped[] = [];

function droppedOf(change: Extract<Change, { trail: Trail }>): readonly Dropped[] {
  if (change.kind !== "update") return change.dropped ?? nothingDropped;
  // An update of Authing ignores these fields, so the record says that they were dropped.
  const ignored = fieldsOnlyAtCreate.filter((field) => field in change.person);
  return [
    ...(change.dropped ?? []),
    ...ignored.map((field) => ({ path: change.trail[field] ?? field, problem: "only-at-create" })),
  ];
}

let lastWritten = { now: Number.NaN, text: "" };

/** The rows of a batch are decided at one moment. */
function written(now: number): string {
  if (lastWritten.now !== now) lastWritten = { now, text: new Date(now).toISOString() };
  return lastWritten.text;
}

/** The rows of a file share trails (lib/fields/assembly.ts). */
const shortTrails = new WeakMap<Trail, Trail>();

function shortTrailOf(trails: readonly Trail[]): Trail {
  const [only, ...more] = trails;
  if (only === undefined || more.length > 0) return shortTrail(Object.assign({}, ...trails) as Trail);
  let known = shortTrails.get(only);
  if (known === undefined) {
    known = Object.freeze(shortTrail(only));
    shortTrails.set(only, known);
  }
  return known;
}

/** A trail that is too long ends with how many of its fields are not in it. */
function shortTrail(trail: Trail): Trail {
  const entries = Object.entries(trail).map(([field, origin]) => [short(field), short(origin)] as const);
  const kept = withinBounds(entries);
  const left = entries.length - kept.length;
  return Object.fromEntries(left === 0 ? kept : [...kept, [cutMark, `${left} more, cut`]]);
}

/** As above, for fields that were not used. */
function shortDropped(dropped: readonly Dropped[]): Dropped[] {
  const entries = dropped.map(({ path, problem }) => ({ path: short(path), problem: short(problem) }));
  const kept = withinBounds(entries);
  const left = entries.length - kept.length;
  return left === 0 ? kept : [...kept, { path: cutMark, problem: `${left}-more-cut` }];
}

/** Of a long text the beginning and the end, where a trail says the rule that was applied. */
function short(text: string): string {
  if (text.length <= most.text) return text;
  const half = (most.text - cutMark.length) / 2;
  return `${text.slice(0, half)}${cutMark}${text.slice(-half)}`;
}

/** The first entries, as many as a record may hold, by their number and by their bytes as JSON. */
function withinBounds<Entry>(entries: readonly Entry[]): Entry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    return index === most.entries || bytes > most.bytes;
  });
  return entries.slice(0, end === -1 ? entries.length : end);
}
