import * as fc from "fast-check";
import type { Config } from "#lib/config.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { StoreLedger } from "#infra/store/ledger.ts";
import { openCompany } from "./company.ts";
import { fileStory, importFiles, type FileStory } from "./files.ts";
import { play } from "./play.ts";
import type { PortFault } from "./port-faults.ts";
import { brokenRules } from "./rules.ts";
import { shownApi, type Shown } from "./shown-api.ts";
import { idsIn, statementsOf, type Spoken } from "./spoken.ts";
import { portFault, troubleAround, type Trouble } from "./trouble.ts";
import type { World } from "./world.ts";
import { maxPeople, type Telling, type Voice, type Voices } from "./voice.ts";

// A story of a configuration's own sources, as JSON: what they tell of which person, in which order it comes, and what happens meanwhile.

/** One chapter of one source about one person. Rounds and chapters happened in their order; the list is the order in which they come. */
interface Told {
  /** Which of the person's sources tells it. */
  readonly voice: number;
  readonly person: number;
  readonly round: number;
  readonly chapter: number;
}

export interface Story {
  /** Of each person, the sources that speak about them: one, or two. */
  readonly people: readonly (readonly string[])[];
  readonly told: readonly Told[];
  readonly trouble: Trouble;
  readonly apiFaults: readonly PortFault[];
  readonly files: readonly FileStory[];
}

/** What a story came to. */
export interface Outcome {
  /** The rules that did not hold. */
  readonly broken: readonly string[];
  readonly events: number;
  readonly rows: number;
  readonly kills: number;
  readonly faults: number;
  readonly people: number;
  /** What became of each event, and the log, for the reader of a failing story. */
  readonly trail: readonly string[];
}

/** Stories that these voices can tell. */
export function storyOf(voices: Voices): fc.Arbitrary<Story> {
  const names = [...voices.keys()];
  const many = names.filter((name) => (voices.get(name)?.people ?? 1) > 1);
  const pairs = many.flatMap((one) => many.filter((other) => other !== one).map((other) => [one, other]));
  const person = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...names).map((name) => [name]) },
    ...(pairs.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...pairs) }] : []),
  );
  const told = (people: number) =>
    fc.record({
      voice: fc.nat({ max: 1 }),
      person: fc.nat({ max: people - 1 }),
      round: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 2 }) }),
      chapter: fc.nat({ max: 2 }),
    });
  const few = fc.record({
    people: fc.array(person, { minLength: 1, maxLength: 4 }),
    told: fc.array(told(4), { minLength: 1, maxLength: 16 }),
  });
  // More departures than the guard lets through.
  const crowd = fc.record({
    people: fc
      .constantFrom(...(many.length > 0 ? many : names))
      .map((name) => Array.from({ length: maxPeople }, () => [name])),
    told: fc.array(
      told(maxPeople).map((each) => ({ ...each, voice: 0, round: 0 })),
      { minLength: 20, maxLength: 45 },
    ),
  });
  return fc
    .oneof({ weight: 7, arbitrary: few }, ...(many.length > 0 ? [{ weight: 1, arbitrary: crowd }] : []))
    .chain((what) =>
      fc.record({
        people: fc.constant(what.people),
        told: fc.constant(what.told),
        trouble: fc.record(troubleAround([...new Set(what.people.flat())])),
        apiFaults: fc.array(portFault, { maxLength: 2 }),
        files: fc.array(fileStory, { maxLength: 1 }),
      }),
    );
}

/** The person of a second source has ids of its own there, so many further on. */
const secondVoice = 50;

/** Plays a story, and says which rules did not hold. */
export async function playStory(config: Config, voices: Voices, story: Story): Promise<Outcome> {
  const tellings = await tellingsOf(voices, story);
  const happened = new Map<string, Map<number, { telling: Telling; at: string }[]>>();
  const answers = new Map(
    [...voices].map(([name, voice]) => [name, shownApi(() => shownBy(voice, happened.get(name)))] as const),
  );
  const company = await openCompany({
    config,
    secrets: new Map([...voices].map(([name, { secret }]) => [name, secret])),
    trouble: story.trouble,
    apiFaults: story.apiFaults,
    answer: (source, request) => answers.get(source)?.(request) ?? { status: 404, headers: {}, json: {} },
  });
  const { world } = company;
  const messages = new Map<Spoken, EventMessage>();
  const records = () =>
    (world.lasting.ledger as StoreLedger).recent(10_000).filter(({ source }) => source !== "uploads");
  const imported: string[] = [];

  async function tell(spoken: Spoken): Promise<void> {
    const voice = voices.get(spoken.source) as Voice;
    const known = messages.get(spoken);
    // Words without an id and a time of their own would say something new.
    if (known?.event.isUndated) return;
    const before = new Set(world.queued.keys());
    // What is told has happened by then.
    const people = happened.get(spoken.source) ?? new Map<number, { telling: Telling; at: string }[]>();
    happened.set(spoken.source, people);
    const now = Math.floor(world.clock.now());
    const at = await timeOf(voice, spoken.telling, now);
    const chapters = people.get(spoken.telling.person) ?? [];
    if (!chapters.some(({ telling }) => telling === spoken.telling))
      chapters.push({ telling: spoken.telling, at });
    people.set(spoken.telling.person, chapters);
    await company.send(voice.source, () => voice.request(spoken.telling, Math.floor(world.clock.now())));
    const [message] = [...world.queued].filter(([key]) => !before.has(key)).map(([, each]) => each);
    if (!known && message?.kind === "event") messages.set(spoken, message);
    // No two things happen at the same moment.
    world.clock.pass(1);
  }

  try {
    const broken = await play<Spoken>({
      world,
      trouble: story.trouble,
      sources: [...new Set(story.people.flat())],
      said: tellings,
      async tell(said) {
        for (const each of said) await tell(each);
        await world.deliver([]);
      },
      records,
      async between(portions) {
        for (const file of story.files) {
          if (file.after === portions) imported.push(...(await importFiles(company, file)));
        }
      },
    });
    broken.push(...imported);
    const statements = await statementsOf(config, voices, messages);
    broken.push(
      ...(await brokenRules({
        world,
        trouble: story.trouble,
        statements,
        records: records(),
        policies: Object.fromEntries(
          [...voices.keys()].map((name) => [name, config.sources[name]?.people ?? "own"]),
        ),
        deletes: (source) => config.sources[source]?.leave === "delete",
        idsOf: (person) => idsIn(statements, person),
      })),
    );
    return {
      broken,
      events: world.queued.size,
      rows: story.files.reduce((sum, { rows }) => sum + rows, 0),
      kills: world.lives.deaths,
      faults:
        company.faults.reduce((sum, each) => sum + each.happened, 0) +
        world.pool.requests.filter(({ fault }) => fault).length,
      people: world.pool.users().length,
      trail: broken.length > 0 ? [...(await peopleOf(world)), ...trailOf(records(), world.log)] : [],
    };
  } finally {
    company.close();
  }
}

/** What is told of which person, each once, as far as the voices can tell it. */
async function tellingsOf(voices: Voices, { people, told }: Story): Promise<Spoken[]> {
  const known = new Map<string, Spoken>();
  const alone = new Map<string, number>();
  for (const each of told) {
    const person = each.person % people.length;
    const sources = people[person] ?? [];
    const source = sources[each.voice % sources.length] ?? "";
    const voice = voices.get(source);
    if (!voice) continue;
    // A source that can tell of one person only tells of the first.
    if (voice.people === 1 && (alone.get(source) ?? person) !== person) continue;
    alone.set(source, person);
    const isSecond = source !== sources[0];
    const first = voices.get(sources[0] ?? "");
    const same = isSecond ? first?.externalIdOf(person) : undefined;
    // Sources whose ids are too different speak of two people.
    const isSame = same !== undefined && (await voice.canCall(same));
    const number = isSecond ? person + secondVoice : person;
    const telling: Telling = {
      person: number,
      round: each.round % voice.rounds,
      chapter: each.chapter % voice.chapters.length,
      ...(isSame && { externalId: { from: voice.externalId, to: same } }),
    };
    const key = JSON.stringify([source, telling]);
    if (!known.has(key)) known.set(key, { source, person: isSecond && !isSame ? number : person, telling });
  }
  return [...known.values()];
}

/** The people that a source shows: each by the chapters that have happened, the latest first. */
function shownBy(
  voice: Voice,
  people: ReadonlyMap<number, readonly { telling: Telling; at: string }[]> | undefined,
): Shown[] {
  return [...(people?.values() ?? [])].flatMap((chapters): Shown[] => {
    const [first] = chapters;
    if (!first) return [];
    const latest = chapters.toSorted((one, other) => (one.at < other.at ? 1 : -1));
    return [
      { ids: voice.idsOf(first.telling), chapters: latest.map(({ telling }) => voice.caseOf(telling)) },
    ];
  });
}

/** When a telling happened, by the source's clock: where it says so itself, or when it comes. */
async function timeOf(voice: Voice, telling: Telling, now: number): Promise<string> {
  const [event] = await voice.events(telling, now);
  return event?.occurredAt ?? new Date(now).toISOString();
}

/** Who is there, and what the ledger knows of them. */
const peopleOf = ({ pool, ledger }: World): Promise<string[]> =>
  Promise.all(
    pool.users().map(async ({ externalId = "", status }) => {
      return `${externalId} ${status} ${JSON.stringify(await ledger.person(externalId))}`;
    }),
  );

/** What became of each event, and what the log says of it. */
const trailOf = (records: readonly EventRecord[], log: readonly string[]): string[] => [
  ...records.map(({ source, id, occurredAt, settledAt, changes, outcome }) =>
    [`${source}/${id}`, occurredAt, settledAt, changes.join("+"), JSON.stringify(outcome)].join(" "),
  ),
  ...log,
];
