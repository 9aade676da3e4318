import * as z from "zod/mini";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source, SourceEvent } from "#lib/contract/source.ts";
import { invokedDelivery, verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { fixtureSecret, fixtureSigner, requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import { deliveryOf, type WireRequest } from "#infra/fixtures/requests.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { rewriter, roundDays, type Marks, type Number10 } from "./rewriting.ts";

// A source as it speaks in a proof: the cases of its story, told of many people, again and again.

/** One chapter of a source's story, told of one of many people. */
export interface Telling extends Number10 {
  /** Which case of the story, from 0. */
  readonly chapter: number;
}

export interface Voice {
  readonly source: Source;
  /** The invented secret beside the cases. */
  readonly secret: unknown;
  readonly chapters: readonly EventFixture[];
  /** Our id of the person of the story, as it was captured. */
  readonly externalId: string;
  /** How many people it can tell of, and how often of each. */
  readonly people: number;
  readonly rounds: number;
  /** The chapter as it is told of this person. */
  caseOf(telling: Telling): EventFixture;
  /** The request of the sender at a moment (milliseconds since 1970). */
  request(telling: Telling, now: number): WireRequest;
  /** Our id of this person, as this source says it. */
  externalIdOf(person: number): string;
  /** Whether the source can have this id of ours for a person: as a second source of another's person. */
  canCall(externalId: string): Promise<boolean>;
  /** The events of a telling that comes at a moment (milliseconds since 1970). */
  events(telling: Telling, now: number): Promise<readonly SourceEvent[]>;
  /** What names this person in requests to the source's API. */
  idsOf(telling: Telling): readonly string[];
}

export type Voices = ReadonlyMap<string, Voice>;

/** What an event means where the source's API shows this chapter; undefined where the story cannot be told of this source. */
export type Means = (
  source: Source,
  secret: unknown,
  event: SourceEvent,
  shown: EventFixture,
) => Promise<readonly Change[]>;

/** So many people of one source are told of at most; more departures than the guard lets through. */
export const maxPeople = 14;
const maxRounds = 3;

/**
 * A source's voice. `undefined` where the source has no story.
 *
 * @throws InboundError what the events of the story come to by this configuration
 */
export async function voiceOf(source: Source, means: Means): Promise<Voice | undefined> {
  const chapters = readStory(source.name);
  const invented = fixtureSecret(source.name);
  if (chapters.length === 0 || (!invented && !source.trigger)) return undefined;
  const secret = source.trigger ? {} : z.parse(source.secret, invented);
  const signer = fixtureSigner(source.name);
  const speaker = { source, secret, signer };

  const captured = await Promise.all(chapters.map((each) => eventsOf(speaker, each, each.now)));
  const meanings = await Promise.all(
    captured.map(async (events, chapter) =>
      Promise.all(events.map((event) => means(source, secret, event, chapters[chapter] as EventFixture))),
    ),
  );
  const changes = meanings.flat(2);
  const marks = marksOf(chapters, captured.flat(), changes);
  const [externalId = ""] = changes.flatMap((change) =>
    "person" in change ? (change.person.externalId ?? []) : [],
  );

  const rewriters = new Map<string, (text: string) => string>();
  const rewrite = (text: string, { person, round, externalId: same }: Number10): string => {
    const name = `${person} ${round} ${same?.to ?? ""}`;
    const known =
      rewriters.get(name) ?? rewriter(marks, { person, round, ...(same && { externalId: same }) });
    rewriters.set(name, known);
    return known(text);
  };
  const cases = new Map<string, EventFixture>();
  const caseOf = (telling: Telling): EventFixture => {
    const name = JSON.stringify(telling);
    const known = cases.get(name) ?? rewritten(telling);
    cases.set(name, known);
    return known;
  };
  const rewritten = (telling: Telling): EventFixture => {
    const fixture = chapters[telling.chapter] as EventFixture;
    const again = (text: string) => rewrite(text, telling);
    const texts = (values: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, again(value)]));
    return {
      ...fixture,
      id: `${fixture.id}_${telling.person}_${telling.round}`,
      headers: texts(fixture.headers),
      query: texts(fixture.query),
      body: rewrittenBody(fixture, again),
      answers: JSON.parse(again(JSON.stringify(fixture.answers))) as EventFixture["answers"],
    };
  };
  const request = (telling: Telling, now: number): WireRequest => {
    const each = caseOf(telling);
    return requestOf(source as Source<unknown>, secret, each, { now, id: each.id }, signer);
  };
  const idsOf = (telling: Telling) => marks.ids.map((id) => rewrite(id, { ...telling, round: 0 }));
  const voice = { source, secret, chapters, externalId, caseOf, request, idsOf };

  const events = (telling: Telling, now: number) => eventsOf(speaker, caseOf(telling), now);
  /** The events of the whole story of one person, and what they mean; none where that is not what the captured one means. */
  const told = async (of: Number10): Promise<readonly SourceEvent[]> => {
    const all: SourceEvent[] = [];
    for (const [chapter, { now }] of chapters.entries()) {
      const telling = { ...of, chapter };
      const { round } = of;
      const found = await events(telling, now + round * roundDays * 86_400_000);
      const shown = caseOf(telling);
      const meant = await Promise.all(found.map((event) => means(source, secret, event, shown)));
      if (kindsIn(meant.flat()) !== kindsIn((meanings[chapter] ?? []).flat())) return [];
      all.push(...found);
    }
    return all;
  };
  const attempt = (of: Number10) =>
    told(of).catch((error: unknown) => {
      // A document that holds a number does not take every text in its place.
      if (error instanceof InboundError || error instanceof SyntaxError) return [];
      throw error;
    });
  const [first, other] = [await attempt({ person: 0, round: 0 }), await attempt({ person: 1, round: 0 })];
  const [again, thrice] = [await attempt({ person: 0, round: 1 }), await attempt({ person: 0, round: 2 })];
  const sameIds = new Map<string, Promise<boolean>>();
  const isApart = (events: readonly SourceEvent[]) =>
    events.length === first.length && !events.some(({ id }) => first.some((each) => each.id === id));
  const areOthers = other.every(({ subject }, index) => subject !== first[index]?.subject);
  const isLater = (events: readonly SourceEvent[]) =>
    events.every(({ occurredAt }, index) => occurredAt > (first[index]?.occurredAt ?? ""));
  if (first.length === 0)
    throw new InboundError("malformed", "story-missing", { path: `source ${source.name}` });
  return {
    ...voice,
    events,
    externalIdOf: (person) => rewrite(externalId, { person, round: 0 }),
    canCall(to) {
      const known =
        sameIds.get(to) ??
        attempt({ person: 0, round: 0, externalId: { from: externalId, to } }).then(
          // Of a source without such an id of its own it would be no person's.
          ({ length }) => length > 0 && externalId !== "" && to !== "",
        );
      sameIds.set(to, known);
      return known;
    },
    people: isApart(other) && areOthers ? maxPeople : 1,
    rounds: [again, thrice].every((events) => isApart(events) && isLater(events)) ? maxRounds : 1,
  };
}

const kindsIn = (changes: readonly Change[]): string => changes.map(({ kind }) => kind).join();

/** The events in a case, as it comes in at a moment. */
async function eventsOf(
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
function marksOf(
  chapters: readonly EventFixture[],
  events: readonly SourceEvent[],
  changes: readonly Change[],
): Marks {
  const ids = new Set(events.map(({ subject }) => subject));
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
    events.flatMap(({ id }) => [
      ...(words.has(id) ? [id] : []),
      ...[...words].filter((word) => id.includes(word) && /\d/.test(word) && !isTime(word) && !ids.has(word)),
    ]),
  );
  // As they stand in the paths of requests, too.
  const asInPaths = [...ids].map(encodeURIComponent);
  return { ids: [...new Set([...ids, ...asInPaths])], phones: [...phones], events: [...inEvents] };
}

const isTime = (word: string) => /^(1[67]\d{8}(\d{3})?|\d{4}-\d\d-\d\d.*)$/.test(word);

function rewrittenBody({ body, extension }: EventFixture, again: (text: string) => string): Buffer {
  if (extension !== "form") return Buffer.from(again(body.toString()));
  const fields = [...new URLSearchParams(body.toString())].map(([name, value]) => [name, again(value)]);
  return Buffer.from(new URLSearchParams(fields as [string, string][]).toString());
}
