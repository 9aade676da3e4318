import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source, SourceEvent } from "#lib/contract/source.ts";
import { invokedDelivery, verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import { deliveryOf } from "#infra/fixtures/requests.ts";
import type { Marks } from "./rewriting.ts";
import { apiPort, shownApi } from "./shown-api.ts";

// What is in the captured cases of a source: their events, and what identifies their person.

/** The events in a case, as it comes in at a moment. */
export async function eventsOf(
  { source, secret, signer }: { readonly source: Source; readonly secret: unknown; readonly signer: unknown },
  each: EventFixture,
  now: number,
): Promise<readonly SourceEvent[]> {
  const request = requestOf(source as Source<unknown>, secret, each, { now, id: each.id }, signer);
  const delivery = deliveryOf(request, now);
  const proven = source.trigger ? undefined : await source.proof.verify(delivery, secret as never);
  if (proven?.ok === false)
    throw new InboundError("unverified", proven.reason, { path: `story of ${source.name}` });
  const verified = proven
    ? verifiedDelivery(source, delivery, proven)
    : invokedDelivery(source, JSON.parse(Buffer.from(each.body).toString()), now);
  return verified
    ? source.split(verified).flatMap((event) => (event instanceof InboundError ? [] : event))
    : [];
}

/** What is the same in each event of a story, and what is different, as it is written in the deliveries. */
export function marksOf(
  chapters: readonly EventFixture[],
  { named, sent }: Readonly<Record<"named" | "sent", readonly SourceEvent[]>>,
  changes: readonly Change[],
): Marks {
  const ids = new Set(named.map(({ subject }) => subject));
  const phones = new Set<string>();
  const note = (person: object) => {
    const { externalId, username, email, phone } = person as Readonly<Record<string, string | undefined>>;
    for (const id of [externalId, username, email]) if (id !== undefined) ids.add(id);
    if (phone !== undefined) phones.add(phone);
  };
  for (const change of changes) {
    if ("person" in change) note(change.person);
    if ("who" in change) note(change.who);
    if ("newSubject" in change && change.newSubject !== undefined) ids.add(change.newSubject);
  }
  const written = chapters
    .map(({ body, query, headers }) => `${body.toString()} ${JSON.stringify([query, headers])}`)
    .join(" ");
  const words = new Set(written.match(/[0-9A-Za-z][0-9A-Za-z_-]{3,}/g));
  const inEvents = new Set(
    sent.flatMap(({ id }) => [
      ...(words.has(id) ? [id] : []),
      ...[...words].filter((word) => id.includes(word) && /\d/.test(word) && !isTime(word) && !ids.has(word)),
    ]),
  );
  // As they stand in the paths of requests, too.
  const asInPaths = [...ids].map(encodeURIComponent);
  return { ids: [...new Set([...ids, ...asInPaths])], phones: [...phones], events: [...inEvents] };
}

const isTime = (word: string) => /^(1[67]\d{8}(\d{3})?|\d{4}-\d\d-\d\d.*)$/.test(word);

/** The events of the list of changes that events announce; the same events, where they say themselves who has changed. */
export async function announcedBy(
  { source, secret }: { readonly source: Source; readonly secret: unknown },
  events: readonly SourceEvent[],
  shown: EventFixture,
): Promise<readonly SourceEvent[]> {
  const { fetch } = source;
  if (!fetch?.changedSince) return events;
  const answer = shownApi(() => [{ ids: [], chapters: [shown] }]);
  const all: SourceEvent[] = [];
  let isAnnounced = false;
  for (const event of events) {
    const now = () => Date.parse(event.occurredAt);
    const api = apiPort(now, async (_, request) => answer(request))(fetch, secret as never);
    const page = await fetch.changedSince(event, api, undefined);
    isAnnounced ||= page !== undefined;
    all.push(...(page?.events ?? [event]));
  }
  return isAnnounced ? all : events;
}
