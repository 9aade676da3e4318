import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import { eventId } from "#lib/rosters/compare-step.ts";
import type { PersonLine } from "#lib/rosters/roster-state.ts";
import type { Meaning } from "#lib/pipeline/meaning.ts";
import { listedBy } from "./company.ts";
import type { Run, Synced } from "./rosters.ts";
import { wordsOf } from "./spoken.ts";
import type { Dated } from "./statement.ts";
import type { Voice, Voices } from "./voice.ts";

// What the lists of a story say, as the model sees it: each person in a list that was believed is a statement of the moment at which it was
// read, whether anything came of it or not.

/** The person of the story, by the source's id. */
export type PersonOf = (source: string, subject: string) => number | undefined;

/** Whether a run has concluded something. */
export const isBelieved = ({ state }: Run): boolean => state.phase === "ended" && state.problem === undefined;

export const listStatements = (
  config: Config,
  voices: Voices,
  runs: readonly Run[],
  personOf: PersonOf,
): Dated[] => runs.filter(isBelieved).flatMap((run) => statementsOf(run, config, voices, personOf));

function statementsOf(run: Run, config: Config, voices: Voices, personOf: PersonOf): Dated[] {
  const { source, read, differences } = run;
  const about = (subject: string) => {
    const person = personOf(source, subject);
    return person === undefined ? [] : [{ source, person, isListed: true as const }];
  };
  const differing = new Map(differences.map(({ message }) => [message.event.subject, message]));
  const said = [...differing.values()].flatMap((message) =>
    about(message.event.subject).map((who) => ({
      ...who,
      at: message.event.occurredAt,
      message,
      ...wordsOf(message.changes ?? []),
    })),
  );
  const unsaid = read.flatMap((line) =>
    about(line.subject).flatMap((who) => {
      const rest = unchangedIn(line, run, differing.get(line.subject), voices.get(source) as Voice, config);
      return rest ? [{ ...who, ...rest }] : [];
    }),
  );
  return [...said, ...unsaid];
}

/** What a line says beside its difference from what was told. */
function unchangedIn(
  line: PersonLine,
  { source, run }: Run,
  difference: EventMessage | undefined,
  { source: definition }: Voice,
  config: Config,
): Omit<Dated, "source" | "person"> | undefined {
  const meaning = meaningOf();
  if (!meaning) return undefined;
  const { changes, outOfScope } = meaning;
  const isActive = "isActive" in line && line.isActive === true;
  const said = difference && wordsOf(difference.changes ?? []);
  const { tells, access, secret: _, ...words } = wordsOf(changes);
  const shown = access ?? (outOfScope ? undefined : isActive ? ("open" as const) : undefined);
  const left = Object.entries(tells).filter(([name]) => said === undefined || !(name in said.tells));
  const { subject, at } = line;
  const event = {
    id: `${eventId(run, subject)} unchanged`,
    subject,
    type: "roster.listed",
    occurredAt: at,
    payload: null,
  };
  return {
    ...words,
    at,
    message: { kind: "event", source, event, reception: { receivedAt: at, proof: "source-api" } },
    tells: Object.fromEntries(left),
    ...(shown !== undefined && said?.access === undefined && { access: shown }),
    brings: words.brings && said === undefined,
    unchanged: withoutOutcome(source, event.id, line),
  };

  function meaningOf(): Meaning | undefined {
    if ("changes" in line) return line;
    if ("unusable" in line) return undefined;
    try {
      return listedBy(config, definition, line);
    } catch (error) {
      if (error instanceof InboundError) return undefined;
      throw error;
    }
  }
}

/** Stands for the record of what the ledger holds none of. */
const withoutOutcome = (
  source: string,
  id: string,
  { subject, at }: { readonly subject: string; readonly at: string },
): EventRecord => ({
  source,
  id,
  type: "roster.listed",
  subject,
  occurredAt: at,
  receivedAt: at,
  settledAt: at,
  proof: "source-api",
  changes: [],
  trail: {},
  outcome: { kind: "already-done", reason: "nothing-to-change" },
});

/**
 * What sources have said of people who were asked about one by one, as far as anything came of it.
 *
 * @param creators what has created the people who are there, `source/event`: a command that was cut off may have, and has no outcome.
 */
export function syncStatements(
  config: Config,
  voices: Voices,
  synced: readonly Synced[],
  {
    personOf,
    records,
    creators,
  }: {
    readonly personOf: PersonOf;
    readonly records: readonly EventRecord[];
    readonly creators: ReadonlySet<string>;
  },
): Dated[] {
  return synced.flatMap(({ source, subject, at, person: listed }): Dated[] => {
    const id = `sync/${at}/${subject}`;
    const person = personOf(source, subject);
    const record = records.find((each) => each.source === source && each.id === id);
    const isCreator = creators.has(`${source}/${id}`);
    if ((!record && !isCreator) || person === undefined) return [];
    const { source: definition } = voices.get(source) as Voice;
    const { changes, outOfScope } = listed
      ? listedBy(config, definition, listed)
      : { changes: [{ kind: "leave", who: {} } as const] };
    const words = wordsOf(changes);
    const isBrought = isCreator || record?.changes.includes("create") === true;
    const event = { id, subject, type: "sync", occurredAt: at, payload: null };
    return [
      {
        ...words,
        source,
        person,
        at,
        message: { kind: "event", source, event, reception: { receivedAt: at, proof: "source-api" } },
        ...(isBrought && { kind: "create" as const, access: "open" as const }),
        ...(outOfScope?.policy === "leave" && { access: "closed" as const }),
        ...(!record && { unchanged: withoutOutcome(source, id, { subject, at }) }),
      },
    ];
  });
}
