import * as z from "zod/mini";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Source, SourceEvent } from "#lib/contract/source.ts";
import { closes } from "#lib/pipeline/order.ts";
import { fixtureSecret, fixtureSigner, requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { announcedBy, eventsOf, marksOf } from "./captured.ts";
import { listingOf, type Profile, type SourceList } from "./listing.ts";
import { rewriter, roundDays, type Number10 } from "./rewriting.ts";

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
  /** The source's id of this person. */
  subjectOf(telling: Telling): string;
  /** What identifies this person once the chapter has happened. */
  profileOf(telling: Telling): Profile;
  /** Whether the person has left once the chapter has happened. */
  hasLeftAfter(telling: Telling): boolean;
  /** Its events say that people have changed: who, says its list of changes. */
  readonly announces: boolean;
  /** Its events are dated when they happen, whenever that is. */
  readonly isDatable: boolean;
  /** At least one of its events does not say when it happened. */
  readonly isDatedByReceipt: boolean;
  /** Its list of people, where it has one that can be played. */
  readonly list?: SourceList;
}

export type Voices = ReadonlyMap<string, Voice>;

/** What a source's words mean by a configuration. */
export interface Meanings {
  /** An event, where the source's API shows this chapter. */
  ofEvent(
    source: Source,
    secret: unknown,
    event: SourceEvent,
    shown: EventFixture,
  ): Promise<readonly Change[]>;
  /** A person in the source's list. */
  ofListed(source: Source, person: ListedPerson): readonly Change[];
}

/** So many people of one source are told of at most; more departures than the guard lets through. */
export const maxPeople = 14;
const maxRounds = 3;
/** Some weeks, to the second. */
const someSeconds = 30 * 86_400 + 12_345;

/**
 * A source's voice. `undefined` where the source has no story.
 *
 * @throws InboundError what the events of the story come to by this configuration
 */
export async function voiceOf(source: Source, means: Meanings): Promise<Voice | undefined> {
  const chapters = readStory(source.name);
  const invented = fixtureSecret(source.name);
  if (chapters.length === 0 || (!invented && !source.trigger)) return undefined;
  const secret = source.trigger ? {} : z.parse(source.secret, invented);
  const signer = fixtureSigner(source.name);
  const speaker = { source, secret, signer };

  const announcing = await Promise.all(chapters.map((each) => eventsOf(speaker, each, each.now)));
  const captured = await Promise.all(
    announcing.map((events, chapter) => announcedBy(speaker, events, chapters[chapter] as EventFixture)),
  );
  const announces = captured.some((events, chapter) => events !== announcing[chapter]);
  const meanings = await Promise.all(
    captured.map(async (events, chapter) =>
      Promise.all(
        events.map((event) => means.ofEvent(source, secret, event, chapters[chapter] as EventFixture)),
      ),
    ),
  );
  const changes = meanings.flat(2);
  const marks = marksOf(chapters, { named: captured.flat(), sent: announcing.flat() }, changes);
  const [externalId = ""] = changes.flatMap((change) =>
    "person" in change ? (change.person.externalId ?? []) : [],
  );

  const rewriters = new Map<string, (text: string) => string>();
  const rewrite = (text: string, { person, round, seconds, externalId: same }: Number10): string => {
    const name = `${person} ${round} ${seconds ?? ""} ${same?.to ?? ""}`;
    const number = {
      person,
      round,
      ...(seconds !== undefined && { seconds }),
      ...(same && { externalId: same }),
    };
    const known = rewriters.get(name) ?? rewriter(marks, number);
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
  /** Texts without a time in them: ids and addresses. */
  const named = (text: string, telling: Telling) => rewrite(text, { ...telling, round: 0, seconds: 0 });
  const idsOf = (telling: Telling) => marks.ids.map((id) => named(id, telling));
  const subject = captured.flat()[0]?.subject ?? "";
  const profiles = profilesBy(meanings.map((each) => each.flat()));
  const profileOf = (telling: Telling): Profile => {
    const own = Object.entries(profiles[telling.chapter] ?? {});
    return Object.fromEntries(own.map(([name, value]) => [name, named(value, telling)]));
  };
  const voice = {
    source,
    secret,
    chapters,
    externalId,
    caseOf,
    request,
    idsOf,
    announces,
    subjectOf: (telling: Telling) => named(subject, telling),
    profileOf,
    hasLeftAfter: ({ chapter }: Telling) => closesIn((meanings[chapter] ?? []).flat()),
  };

  const events = async (telling: Telling, now: number) =>
    announcedBy(speaker, await eventsOf(speaker, caseOf(telling), now), caseOf(telling));
  /** The events of the whole story of one person, and what they mean; none where that is not what the captured one means. */
  const told = async (of: Number10): Promise<readonly SourceEvent[]> => {
    const all: SourceEvent[] = [];
    for (const [chapter, { now }] of chapters.entries()) {
      const telling = { ...of, chapter };
      const { round, seconds = round * roundDays * 86_400 } = of;
      const found = await events(telling, now + seconds * 1000);
      const shown = caseOf(telling);
      const meant = await Promise.all(found.map((event) => means.ofEvent(source, secret, event, shown)));
      if (kindsIn(meant.flat()) !== kindsIn((meanings[chapter] ?? []).flat())) return [];
      all.push(...found);
    }
    return all;
  };
  async function datedByReceipt(): Promise<boolean> {
    for (const [chapter, { now }] of chapters.entries()) {
      const telling = { person: 0, round: 0, chapter };
      const [one, other] = [await events(telling, now), await events(telling, now + 1000)];
      if (one.some(({ occurredAt }, index) => occurredAt !== other[index]?.occurredAt)) return true;
    }
    return false;
  }
  const attempt = (of: Number10) =>
    told(of).catch((error: unknown) => {
      // A document that holds a number does not take every text in its place.
      if (error instanceof InboundError || error instanceof SyntaxError) return [];
      throw error;
    });
  const [first, other] = [await attempt({ person: 0, round: 0 }), await attempt({ person: 1, round: 0 })];
  const [again, thrice] = [await attempt({ person: 0, round: 1 }), await attempt({ person: 0, round: 2 })];
  const dated = await attempt({ person: 0, round: 0, seconds: someSeconds });
  const sameIds = new Map<string, Promise<boolean>>();
  const isApart = (events: readonly SourceEvent[]) =>
    events.length === first.length && !events.some(({ id }) => first.some((each) => each.id === id));
  const areOthers = other.every(({ subject }, index) => subject !== first[index]?.subject);
  const isLater = (events: readonly SourceEvent[]) =>
    events.every(({ occurredAt }, index) => occurredAt > (first[index]?.occurredAt ?? ""));
  if (first.length === 0)
    throw new InboundError("malformed", "story-missing", { path: `source ${source.name}` });
  const isDatedByReceipt = await datedByReceipt();
  const people = isApart(other) && areOthers ? maxPeople : 1;
  const list = people > 1 ? await listingOf(voice, means) : undefined;
  return {
    ...voice,
    ...(list && { list }),
    isDatedByReceipt,
    isDatable:
      dated.length === first.length &&
      dated.every(({ occurredAt }, index) => {
        const before = Date.parse(first[index]?.occurredAt ?? "");
        return Date.parse(occurredAt) - before === someSeconds * 1000;
      }),
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
    people,
    rounds: [again, thrice].every((events) => isApart(events) && isLater(events)) ? maxRounds : 1,
  };
}

/** What identifies the person after each chapter: what it tells, and what those before have told. */
function profilesBy(meanings: readonly (readonly Change[])[]): readonly Profile[] {
  const known = new Map<string, string>();
  return meanings.map((changes): Profile => {
    for (const change of changes) {
      if (!("person" in change)) continue;
      const { externalId, username, email, name } = change.person;
      for (const [field, value] of Object.entries({ externalId, username, email, name }))
        if (value !== undefined) known.set(field, value);
    }
    return Object.fromEntries(known);
  });
}

/** Whether changes close the account. */
const closesIn = (changes: readonly Change[]): boolean => changes.some((change) => closes(change) === true);

const kindsIn = (changes: readonly Change[]): string => changes.map(({ kind }) => kind).join();

function rewrittenBody({ body, extension }: EventFixture, again: (text: string) => string): Buffer {
  if (extension !== "form") return Buffer.from(again(body.toString()));
  const fields = [...new URLSearchParams(body.toString())].map(([name, value]) => [name, again(value)]);
  return Buffer.from(new URLSearchParams(fields as [string, string][]).toString());
}
