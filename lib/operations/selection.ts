import * as z from "zod/mini";
import type { EventRecord, Ledger, PersonRecord } from "#lib/contract/ledger.ts";
import {
  parkedKinds,
  type Parked,
  type ParkedKind,
  type ParkedMessage,
  type ParkedScope,
} from "#lib/contract/parked.ts";
import { subjectOf } from "#lib/contract/queue.ts";

// Which parked messages an operator means.

const text = z.string().check(z.minLength(1), z.maxLength(1000));

/** Conditions, all of which a message has to meet. */
export const conditions = {
  kinds: z.optional(z.array(z.enum(parkedKinds)).check(z.minLength(1))),
  source: z.optional(text),
  /** A message's id, whole or short. */
  id: z.optional(text),
  reason: z.optional(text),
  /** Our id of a person, today's or an earlier one; the source's id of the person; or `source/id`. */
  person: z.optional(text),
  /** Received at this moment or later: ISO 8601, UTC. */
  since: z.optional(z.iso.datetime()),
  /** The `next` of the page before. */
  after: z.optional(text),
} as const;

export interface Conditions {
  readonly kinds?: readonly ParkedKind[] | undefined;
  readonly source?: string | undefined;
  readonly id?: string | undefined;
  readonly reason?: string | undefined;
  readonly person?: string | undefined;
  readonly since?: string | undefined;
  readonly after?: string | undefined;
}

export interface SelectionPorts {
  readonly parked: Pick<Parked, "list">;
  readonly ledger: Pick<Ledger, "person" | "events">;
}

/** Messages that are read at a time; each may be as large as a delivery. */
const pageSize = 50;

/** Parked messages that meet the conditions, page by page. `next`: where the list goes on behind this page. */
export async function* pagesOf(
  { kinds = parkedKinds, source, id, reason, person, since, after }: Conditions,
  { parked, ledger }: SelectionPorts,
): AsyncGenerator<{ read: number; messages: readonly ParkedMessage[]; next: string | undefined }> {
  const isOfPerson = person === undefined ? () => true : matcherOf(await knownOf(person, ledger));
  const scope: ParkedScope = {
    kinds,
    ...(source !== undefined && { source }),
    ...(id !== undefined && { id }),
  };
  let next = after;
  do {
    const page = await parked.list(scope, pageSize, next);
    next = page.next;
    const messages = page.messages.filter(
      (each) =>
        (reason === undefined || each.reason === reason) &&
        (since === undefined || each.since >= since) &&
        isOfPerson(each),
    );
    yield { read: page.messages.length, messages, next };
  } while (next !== undefined);
}

/** What the ledger knows by an id of a person. */
export interface KnownPerson {
  readonly asked: string;
  readonly person: PersonRecord | undefined;
  /** The newest events. */
  readonly events: readonly EventRecord[];
}

const eventsOfPerson = 100;

export async function knownOf(asked: string, ledger: SelectionPorts["ledger"]): Promise<KnownPerson> {
  const [person, events] = await Promise.all([ledger.person(asked), ledger.events(asked, eventsOfPerson)]);
  return { asked, person, events };
}

/**
 * Whether a parked message is about a person. An event that waits for its source's API has not been read: then only the source's id says
 * whose it is.
 */
export function matcherOf({ asked, person, events }: KnownPerson): (each: ParkedMessage) => boolean {
  const ids = new Set([asked, person?.externalId, ...(person?.formerly ?? [])]);
  const subjects = new Set(events.map(({ source, subject }) => `${source}/${subject}`));
  return ({ externalId, message }) => {
    const subject = subjectOf(message);
    const name = `${message.source}/${subject}`;
    return (
      (externalId !== undefined && ids.has(externalId)) ||
      (message.kind === "event" && (subject === asked || name === asked || subjects.has(name)))
    );
  };
}
