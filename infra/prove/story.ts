import type { Config } from "#lib/config.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { StoreLedger } from "#infra/store/ledger.ts";
import { openCompany, type Company } from "./company.ts";
import { importFiles, type FileStory } from "./files.ts";
import { happenings, shownOf } from "./happened.ts";
import { brokenDepartures, brokenRepetition, brokenRuns } from "./list-rules.ts";
import { isBelieved, listStatements, syncStatements } from "./listed.ts";
import { play } from "./play.ts";
import type { PortFault } from "./port-faults.ts";
import { rosterRuns, type RosterStory, type Run } from "./rosters.ts";
import { brokenRules } from "./rules.ts";
import { shownApi } from "./shown-api.ts";
import { listsOf } from "./source-lists.ts";
import { idsIn, statementsOf, type Said, type Spoken } from "./spoken.ts";
import { ranked } from "./statement.ts";
import { tellingsOf } from "./tellings.ts";
import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";
import type { Voice, Voices } from "./voice.ts";

// A story of a configuration's own sources, as JSON: what they tell of which person, in which order it comes, and what happens meanwhile.

/** One chapter of one source about one person. Rounds and chapters happened in their order; the list is the order in which they come. */
interface Told {
  /** Which of the person's sources tells it. */
  readonly voice: number;
  readonly person: number;
  readonly round: number;
  readonly chapter: number;
  /** Its first delivery does not come: only a repetition, or a list, says what has happened. */
  readonly isLost?: boolean;
}

export interface Story {
  /** Of each person, the sources that speak about them: one, or two. */
  readonly people: readonly (readonly string[])[];
  readonly told: readonly Told[];
  readonly trouble: Trouble;
  readonly apiFaults: readonly PortFault[];
  readonly files: readonly FileStory[];
  readonly rosters: readonly RosterStory[];
  /** The schedule compares each list twice, once everything is over. */
  readonly isComparedInTheEnd: boolean;
}

/** What a story came to. */
export interface Outcome {
  /** The rules that did not hold. */
  readonly broken: readonly string[];
  readonly events: number;
  readonly rows: number;
  /** Lists of sources that were read to their end and believed. */
  readonly lists: number;
  readonly kills: number;
  readonly faults: number;
  readonly people: number;
  /** What became of each event, and the log, for the reader of a failing story. */
  readonly trail: readonly string[];
}

/** Plays a story, and says which rules did not hold. */
export async function playStory(config: Config, voices: Voices, story: Story): Promise<Outcome> {
  const tellings = await tellingsOf(voices, story);
  let opened: Company | undefined;
  const company = () => opened as Company;
  const runs = rosterRuns(company);
  const lists = listsOf(voices, story, tellings, () => happened);
  const isLive = lists.rosters.length > 0;
  const happened = happenings(voices, lists.said, { clock: () => company().world.clock, isLive });
  const answers = new Map(
    [...voices].map(([name, voice]) => {
      const { announces: listsChanges } = voice;
      return [name, shownApi(() => shownOf(voice, happened), { listsChanges })] as const;
    }),
  );
  opened = await openCompany({
    config,
    secrets: new Map([...voices].map(([name, { secret }]) => [name, secret])),
    trouble: story.trouble,
    apiFaults: story.apiFaults,
    answer(source, request, about) {
      // Where changes are read from a list, it is the list.
      if (about === "list" && !voices.get(source)?.announces) return lists.answer(source, request);
      return answers.get(source)?.(request) ?? { status: 404, headers: {}, json: {} };
    },
    queueRoster: runs.queue,
    stored: runs.stored,
  });
  const { world } = opened;
  const messages = new Map<Spoken, EventMessage>();
  const records = () =>
    (world.lasting.ledger as StoreLedger).recent(10_000).filter(({ source }) => source !== "uploads");
  const imported: string[] = [];
  const lost = new Set<Spoken>();
  let begun = 0;

  async function tell(spoken: Spoken): Promise<void> {
    const voice = voices.get(spoken.source) as Voice;
    const known = messages.get(spoken);
    // Words without an id and a time of their own would say something new.
    if (known?.event.isUndated) return;
    const before = new Set(world.queued.keys());
    const hasHappened = happened.of(spoken) !== undefined && lost.has(spoken);
    await happened.let(spoken);
    const { telling } = happened.of(spoken) ?? spoken;
    if (spoken.isLost && !hasHappened) {
      lost.add(spoken);
      return;
    }
    // Sent later, it would seem to have happened then.
    if (spoken.isLost && voice.isDatedByReceipt && !voice.announces) return;
    await company().send(voice.source, () => voice.request(telling, Math.floor(world.clock.now())));
    const [message] = [...world.queued].filter(([key]) => !before.has(key)).map(([, each]) => each);
    if (!known && !voice.announces && message?.kind === "event") messages.set(spoken, message);
    // No two things happen at the same moment.
    world.clock.pass(1);
  }

  /** The runs that begin after so many portions. */
  async function beginRuns(portions: number): Promise<void> {
    for (const roster of lists.rosters.filter(({ after }) => after <= portions).slice(begun)) {
      begun += 1;
      // Of two statements of one moment, either may count.
      world.clock.pass(1);
      const { source } = roster;
      const subject = lists.askedOf(roster);
      if (subject === undefined) await runs.begin(source, roster, lists.show(source, roster));
      else await runs.sync(source, subject);
    }
  }

  /** What was said, and what happened without being said. */
  async function said(): Promise<Said[]> {
    const all: Said[] = [];
    for (const spoken of lists.said) {
      const happening = happened.of(spoken);
      if (!happening) continue;
      const { source, person } = spoken;
      const { telling, at } = happening;
      const voice = voices.get(source) as Voice;
      const [event] = await voice.events(telling, Date.parse(at));
      const queued = voice.announces ? world.queued.get(`${source}/${event?.id ?? ""}`) : undefined;
      const sent = messages.get(spoken);
      const reception = { receivedAt: at, proof: "" };
      if (queued?.kind === "event") all.push({ source, person, telling, message: queued, at });
      else if (sent) all.push({ source, person, telling, message: sent, at: sent.event.occurredAt });
      else if (event && !voice.announces) {
        const message = { kind: "event", source, event, reception } as const;
        all.push({ source, person, telling, message, at, isUnsent: true });
      }
    }
    return all;
  }

  /** The schedule compares a list twice: what the first run has decided is no news to the second. */
  async function compareTwice(source: string): Promise<string[]> {
    lists.show(source);
    const known = new Set((await runs.all()).map(({ run }) => run));
    async function compare(): Promise<Run | undefined> {
      await runs.begin(source, { verifies: false, isPlan: false, milliseconds: 57_000 });
      await runs.work();
      await world.deliver([]);
      await world.deliverWaiting();
      // What was refused since the person was not there is tried again.
      await world.operate({ operation: "redrive", kind: "rejected" });
      await world.deliver([]);
      await world.deliverWaiting();
      const all = await runs.all();
      const added = all.filter((each) => !known.has(each.run) && isBelieved(each));
      for (const { run } of all) known.add(run);
      return added.at(-1);
    }
    const first = await compare();
    const requests = world.pool.requests.length;
    const second = await compare();
    if (!first || !second) return [];
    const calls = world.pool.requests.length - requests;
    return brokenRepetition(first, second, { records: records(), calls });
  }

  async function brokenNow(): Promise<string[]> {
    const all = await runs.all();
    const known = await world.ledger.people(world.pool.users().map(({ externalId = "" }) => externalId));
    const dated = [
      ...(await statementsOf(config, voices, await said())),
      ...listStatements(config, voices, all, lists.personOf),
      ...syncStatements(config, voices, runs.synced(), {
        personOf: lists.personOf,
        records: records(),
        creators: new Set(known.flatMap((person) => person?.createdBy ?? [])),
      }),
    ];
    const statements = ranked(dated);
    const rules = await brokenRules({
      world,
      trouble: story.trouble,
      statements,
      records: records(),
      policies: Object.fromEntries(
        [...voices.keys()].map((name) => [name, config.sources[name]?.people ?? "own"]),
      ),
      deletes: (source) => config.sources[source]?.leave === "delete",
      idsOf: (person) => idsIn(statements, person),
    });
    const isReleased =
      story.trouble.decision === "release" ||
      story.trouble.acts.some(({ request }) => request.operation === "release");
    const told = { records: records(), isReleased, config };
    return [...rules, ...brokenRuns(all, told), ...brokenDepartures(all, runs.synced(), lists.hadLeft)];
  }

  try {
    await lists.begin(isLive);
    const broken = await play<Spoken>({
      world,
      trouble: story.trouble,
      sources: [...new Set(story.people.flat())],
      said: tellings,
      async tell(said) {
        for (const each of said) await tell(each);
        await world.deliver([], runs.invocations());
      },
      records,
      async between(portions) {
        for (const file of story.files) {
          if (file.after === portions) imported.push(...(await importFiles(company(), file)));
        }
        await beginRuns(portions);
      },
      async mend() {
        await beginRuns(Number.POSITIVE_INFINITY);
        await runs.work();
        await runs.applyPlans();
        await runs.work();
      },
    });
    broken.push(...imported, ...(await brokenNow()));
    if (story.isComparedInTheEnd && broken.length === 0) {
      for (const source of lists.listing) broken.push(...(await compareTwice(source)));
      broken.push(...(await brokenNow()));
    }
    return {
      broken,
      events: world.queued.size,
      rows: story.files.reduce((sum, { rows }) => sum + rows, 0),
      lists: (await runs.all()).filter(isBelieved).length,
      kills: world.lives.deaths,
      faults:
        company().faults.reduce((sum, each) => sum + each.happened, 0) +
        world.pool.requests.filter(({ fault }) => fault).length,
      people: world.pool.users().length,
      trail: broken.length > 0 ? [...(await peopleOf(world)), ...trailOf(records(), world.log)] : [],
    };
  } finally {
    company().close();
  }
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
