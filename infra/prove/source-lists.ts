import type { ApiAnswer, ApiRequest } from "#lib/contract/source-api.ts";
import type { Happened } from "./happened.ts";
import type { RosterStory } from "./rosters.ts";
import type { Spoken } from "./spoken.ts";
import type { Telling, Voice, Voices } from "./voice.ts";

// The lists of a story's sources: who is in them at a moment, by what has happened until then.

/** A run over the list of a source. */
interface SourceRoster extends RosterStory {
  readonly source: string;
}

export interface StoryLists {
  /** All that happens, a colleague in each list included of whom nothing is told. */
  readonly said: readonly Spoken[];
  /** In the order in which they begin. */
  readonly rosters: readonly SourceRoster[];
  /** Sources whose APIs have a list. */
  readonly listing: readonly string[];
  /** Lets happen what has happened before the story. */
  begin(isLive: boolean): Promise<void>;
  /** What a source's API answers about its list. */
  answer(source: string, request: ApiRequest): ApiAnswer;
  /** The source's id of the person whom a run is about alone; `undefined` where it is about the list. */
  askedOf(roster: SourceRoster): string | undefined;
  /** Whether a person had left at a moment, ISO 8601, UTC. */
  hadLeft(source: string, subject: string, at: string): boolean;
  /** From now on the source shows its list as for this run; without one, all of it. Returns the list where it comes as a file. */
  show(source: string, roster?: SourceRoster): string | undefined;
  /** The person of the story, by the source's id. */
  personOf(source: string, subject: string): number | undefined;
}

/** Colleagues are further on than anyone whom sources tell of. */
const firstColleague = 90;

export function listsOf(
  voices: Voices,
  { rosters }: { readonly rosters: readonly RosterStory[] },
  tellings: readonly Spoken[],
  happened: () => Happened,
): StoryLists {
  const voiceOf = (source: string) => voices.get(source) as Voice;
  const sources = [...new Set(tellings.map(({ source }) => source))].filter((source) =>
    hasList(voiceOf(source)),
  );
  const own = rosters
    .flatMap((roster): SourceRoster[] => {
      const source = sources[roster.voice % sources.length];
      return source === undefined ? [] : [{ ...roster, source }];
    })
    .toSorted((one, other) => one.after - other.after);
  const compared = [...new Set(own.map(({ source }) => source))];
  const colleagues = compared.map((source, index): Spoken => {
    const person = firstColleague + index;
    return { source, person, telling: { person, round: 0, chapter: 0 } };
  });
  const said = [...tellings, ...colleagues];
  const people = new Map(
    said.map(({ source, person, telling }) => [`${source}/${voiceOf(source).subjectOf(telling)}`, person]),
  );
  const hidden = new Map<string, string>();

  const latestOf = (source: string): Telling[] =>
    happened()
      .at(source)
      .flatMap((all) => all.at(-1)?.telling ?? []);
  const isThere = (source: string) => (telling: Telling) => !voiceOf(source).hasLeftAfter(telling);
  const isShown = (source: string) => (telling: Telling) =>
    hidden.get(source) !== voiceOf(source).subjectOf(telling);

  const apis = new Map(
    compared.flatMap((source) => {
      const { list } = voiceOf(source);
      if (!list) return [];
      const api = list.api({
        listed: () => latestOf(source).filter(isThere(source)).filter(isShown(source)).map(list.memberOf),
        named: (request) =>
          latestOf(source)
            .map(list.memberOf)
            .filter(({ subject }) => request.includes(subject)),
        isThere: ({ subject }) =>
          latestOf(source)
            .filter(isThere(source))
            .some((telling) => voiceOf(source).subjectOf(telling) === subject),
      });
      return [[source, api] as const];
    }),
  );

  function fileOf(source: string): string {
    const rows = latestOf(source)
      .filter(isThere(source))
      .filter(isShown(source))
      .map((telling) => rowOf(voiceOf(source), telling) ?? "");
    return ["externalId,name,email", ...rows].join("\n");
  }

  return {
    said,
    rosters: own,
    listing: compared.filter((source) => voiceOf(source).list),
    async begin(isLive) {
      for (const spoken of said) {
        const isBefore = colleagues.includes(spoken) || (isLive && !voiceOf(spoken.source).isDatable);
        if (isBefore) await happened().let(spoken);
      }
    },
    answer(source, request) {
      const api = apis.get(source);
      if (!api) throw new Error(`${source} has no list`);
      return api(request);
    },
    askedOf({ of, source, person = 0 }) {
      const all = latestOf(source);
      const one = all[person % all.length];
      if (of !== "person" || !one || !voiceOf(source).list) return undefined;
      return voiceOf(source).subjectOf(one);
    },
    hadLeft(source, subject, moment) {
      const own = happened()
        .at(source)
        .find(([first]) => first && voiceOf(source).subjectOf(first.telling) === subject);
      const last = own?.findLast(({ at }) => at <= moment);
      return last !== undefined && voiceOf(source).hasLeftAfter(last.telling);
    },
    show(source, roster) {
      const all = latestOf(source);
      const one = roster?.person === undefined ? undefined : all[roster.person % all.length];
      if (one) hidden.set(source, voiceOf(source).subjectOf(one));
      else hidden.delete(source);
      const { list } = voiceOf(source);
      return roster && (!list || (roster.of === "file" && canBeFile(voiceOf(source))))
        ? fileOf(source)
        : undefined;
    },
    personOf: (source, subject) => people.get(`${source}/${subject}`),
  };
}

const anybody: Telling = { person: 0, round: 0, chapter: 0 };
const canBeFile = (voice: Voice): boolean => voice.people > 1 && rowOf(voice, anybody) !== undefined;
/** A source that has a list which cannot be played has no file either: it would be asked about who is missing. */
const hasList = (voice: Voice): boolean =>
  voice.list !== undefined || (voice.source.list === undefined && canBeFile(voice));

/** A row of a file is about a person whose id at the source is ours. */
function rowOf(voice: Voice, telling: Telling): string | undefined {
  const { externalId, name = "", email = "" } = voice.profileOf(telling);
  return externalId !== undefined && voice.subjectOf(telling) === externalId
    ? [externalId, name, email].join(",")
    : undefined;
}
