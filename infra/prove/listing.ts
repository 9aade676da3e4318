import { closesAccount, type Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson } from "#lib/contract/source.ts";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { patternsOf, type Grown, type Pattern } from "#infra/fixtures/grown-list.ts";
import { listedCompany, type ListedPeople } from "#infra/fixtures/listed-company.ts";
import { readFixtures, type RecordedAnswer } from "#infra/fixtures/cases.ts";
import { readListFixture, type ListFixture } from "#infra/fixtures/lists.ts";
import { timesLater } from "./rewriting.ts";
import { apiPort, wordsOf } from "./shown-api.ts";
import type { Meanings, Telling, Voice } from "./voice.ts";

// The list of a source's people, as its API gives it: everybody of a story in place of the people that its list.json recorded.

/** What identifies a person. */
export type Profile = Readonly<Partial<Record<"externalId" | "username" | "email" | "name", string>>>;

export interface SourceList {
  /** A person as the source shows them once this has happened. */
  memberOf(telling: Telling): Grown;
  /** The source's API. */
  api(people: ListedPeople): (request: ApiRequest) => ApiAnswer;
  /** Whether the source says of any person that they have left. */
  readonly provesDepartures: boolean;
}

type Speaker = Pick<Voice, "source" | "secret" | "subjectOf" | "profileOf">;

const firstNumber = 100_000;
/** What people are renamed to with each chapter and round. */
const nameEnds = ["", "二", "三", "四", "五", "六", "七", "八", "九"];
const chaptersInARound = 3;

/**
 * The list of a source; `undefined` where it has none, or where people of the story cannot stand in it in place of those that were recorded.
 */
export async function listingOf(voice: Speaker, means: Meanings): Promise<SourceList | undefined> {
  const { source } = voice;
  const captured = source.list && readListFixture(source.name);
  if (!captured) return undefined;
  const recorded = await byConfiguration(ofToday(captured, source.name), voice, means);
  const patterns = patternsOf(recorded);
  if (patterns.length === 0) return undefined;
  const members = new Map<string, Grown>();

  function memberOf(telling: Telling): Grown {
    const key = JSON.stringify(telling);
    const known = members.get(key) ?? newMember(telling);
    members.set(key, known);
    return known;
  }

  function newMember(telling: Telling): Grown {
    const { person, round, chapter } = telling;
    const subject = voice.subjectOf(telling);
    const profile = voice.profileOf(telling);
    return {
      subject,
      number: firstNumber + person,
      pattern: patterns[person % patterns.length] as Pattern,
      nameEnd: nameEnds[round * chaptersInARound + chapter] ?? "",
      own(pattern, value) {
        if (value === pattern.externalId) return profile.externalId;
        if (value === pattern.subject) return subject;
        return value === pattern.username ? profile.username : profile.email;
      },
    };
  }

  const list: SourceList = {
    memberOf,
    provesDepartures: listedCompany(recorded, nobody).provesDepartures,
    api(people) {
      const company = listedCompany(recorded, people);
      return (request) => {
        const { method = "GET", path } = request;
        const answer = company.answer(`${method} ${path}`, wordsOf(request));
        // Never an answer that might prove a departure.
        if (!answer) throw new InboundError("malformed", "source-answer-unexpected");
        const { status, headers = {}, json } = answer;
        return { status, headers, json: structuredClone(json) };
      };
    },
  };
  const people = [0, 1].map((person) => ({ person, round: 0, chapter: 0 }));
  return (await isOf(people, list, voice, means)) ? list : undefined;
}

/** The list as it would have been recorded when stories begin: some lists bring only people who were hired lately. */
function ofToday(captured: ListFixture, source: string): ListFixture {
  const [first] = readFixtures(source);
  const days = Math.floor((listedAt - (first?.now ?? listedAt)) / 86_400_000);
  return JSON.parse(timesLater(JSON.stringify(captured), days * 86_400)) as ListFixture;
}

const nobody: ListedPeople = { listed: () => [], named: () => [], isThere: () => false };
const listedAt = Date.UTC(2026, 2, 2);

/** The recorded list, with what its people mean by the configuration. */
async function byConfiguration(
  recorded: ListFixture,
  { source, secret }: Speaker,
  means: Meanings,
): Promise<ListFixture> {
  const { list } = source;
  if (!list) return recorded;
  const people: ListFixture["people"] = [];
  await readList(list, recordedApi(list, secret, recorded.answers), (page) => {
    for (const person of page) people.push({ subject: person.subject, changes: meaningOf(person) });
  });
  const asked = await Promise.all(
    recorded.asked.map(async (each) => {
      if (each.changes === undefined) return each;
      const person = await list.person(recordedApi(list, secret, each.answers), each.subject);
      return { ...each, ...(person && { changes: meaningOf(person) }) };
    }),
  );
  return { ...recorded, people, asked };

  function meaningOf(person: ListedPerson): ListFixture["people"][number]["changes"] {
    try {
      return means.ofListed(source, person).map((change) => ({ ...change }));
    } catch (error) {
      if (error instanceof InboundError) return [];
      throw error;
    }
  }
}

/** An API that gives the recorded answers to each request in their order. */
function recordedApi(list: object, secret: unknown, answers: readonly RecordedAnswer[]): SourceApi<never> {
  const left = new Map(Map.groupBy(answers, ({ request }) => request));
  const open = apiPort(
    () => listedAt,
    async (_, { method = "GET", path }) => {
      const [next, ...rest] = left.get(`${method} ${path}`) ?? [];
      if (!next) throw new InboundError("unavailable", "source-unreachable");
      if (rest.length > 0) left.set(`${method} ${path}`, rest);
      const { status, headers = {}, json } = next;
      return { status, headers, json: structuredClone(json) };
    },
  );
  return open(list as never, secret as never);
}

/** Whether these people, listed by this source, are whom its events are about, and can be brought by the list alone. */
async function isOf(
  tellings: readonly Telling[],
  { memberOf, api }: SourceList,
  voice: Speaker,
  means: Meanings,
): Promise<boolean> {
  const { source, secret } = voice;
  if (!source.list) return false;
  const members = tellings.map(memberOf);
  const answer = api({
    listed: () => members,
    named: (request) => members.filter(({ subject }) => request.includes(subject)),
    isThere: () => true,
  });
  const port = apiPort(
    () => listedAt,
    async (_, request) => answer(request),
  )(source.list, secret as never);
  const found = new Map<string, readonly Change[]>();
  try {
    const { isComplete } = await readList(source.list, port, (page) => {
      for (const person of page) found.set(person.subject, means.ofListed(source, person));
    });
    return isComplete && found.size === tellings.length && tellings.every(isListed);
  } catch (error) {
    if (error instanceof InboundError) return false;
    throw error;
  }

  function isListed(telling: Telling): boolean {
    const changes = found.get(voice.subjectOf(telling)) ?? [];
    const { externalId } = voice.profileOf(telling);
    return changes.length > 0 && changes.every((change) => isWhole(change, externalId));
  }
}

const isWhole = (change: Change, externalId: string | undefined): boolean =>
  (change.kind === "create" || (change.kind === "update" && change.complete)) &&
  change.person.externalId === externalId &&
  !(change.person.status !== undefined && closesAccount(change.person.status));
