import type { VirtualClock } from "./clock.ts";
import type { Shown } from "./shown-api.ts";
import type { Spoken } from "./spoken.ts";
import type { Telling, Voice, Voices } from "./voice.ts";

// What has happened at the sources of a story until now: what their APIs and lists show, whatever was told of it.

/** What has happened to a person, as it is dated. */
interface Happening {
  readonly telling: Telling;
  /** ISO 8601, UTC, by the source's clock. */
  readonly at: string;
}

export interface Happened {
  /** Lets it happen unless it has. */
  let(spoken: Spoken): Promise<void>;
  /** What happened, if it has. */
  of(spoken: Spoken): Happening | undefined;
  /** What has happened to each person of a source, the latest last. */
  at(source: string): readonly (readonly Happening[])[];
}

const placeOf = ({ round, chapter }: Telling): number => round * 10 + chapter;

/**
 * @param said all of the story.
 * @param isLive things are dated when they happen, and a person's earlier chapters have happened before a later one, told or not; of a source that
 *   dates nothing, they happen as they are told. Otherwise they are dated as they were captured.
 */
export function happenings(
  voices: Voices,
  said: readonly Spoken[],
  { clock, isLive }: { readonly clock: () => VirtualClock; readonly isLive: boolean },
): Happened {
  const happened = new Map<Spoken, Happening>();
  const bySource = new Map<string, Map<number, Happening[]>>();

  async function add(spoken: Spoken): Promise<void> {
    if (happened.has(spoken)) return;
    const voice = voices.get(spoken.source) as Voice;
    const now = Math.floor(clock().now());
    const telling = isLive && voice.isDatable ? await datedAfter(voice, spoken.telling, now) : spoken.telling;
    const [event] = await voice.events(telling, now);
    const happening = { telling, at: event?.occurredAt ?? new Date(now).toISOString() };
    happened.set(spoken, happening);
    const people = bySource.get(spoken.source) ?? new Map<number, Happening[]>();
    bySource.set(spoken.source, people);
    const own = people.get(telling.person) ?? [];
    people.set(
      telling.person,
      [...own, happening].toSorted((one, other) => (one.at < other.at ? -1 : 1)),
    );
    // No two things happen at the same moment.
    if (isLive) clock().pass(2);
  }

  return {
    async let(spoken) {
      if (happened.has(spoken)) return;
      const isBefore = ({ source, telling }: Spoken) =>
        source === spoken.source &&
        telling.person === spoken.telling.person &&
        placeOf(telling) < placeOf(spoken.telling);
      const isInOrder = isLive && voices.get(spoken.source)?.isDatedByReceipt === false;
      const before = isInOrder ? said.filter(isBefore) : [];
      const all = before.toSorted((one, other) => placeOf(one.telling) - placeOf(other.telling));
      for (const each of [...all, spoken]) await add(each);
    },
    of: (spoken) => happened.get(spoken),
    at: (source) => [...(bySource.get(source)?.values() ?? [])],
  };
}

/** The same, happening in the second that begins now (milliseconds since 1970). */
async function datedAfter(voice: Voice, telling: Telling, now: number): Promise<Telling> {
  const [event] = await voice.events({ ...telling, seconds: 0 }, now);
  const at = Date.parse(event?.occurredAt ?? "");
  // What does not say when it happened was captured when it came.
  const captured = at === now ? (voice.chapters[telling.chapter]?.now ?? at) : at;
  const later = now + 1 - captured;
  return { ...telling, seconds: Math.max(0, Math.ceil(later / 1000)) };
}

/** The people that a source shows: each by the chapters that have happened, the latest first. */
export const shownOf = (voice: Voice, happened: Happened): Shown[] =>
  happened.at(voice.source.name).flatMap((all): Shown[] => {
    const latest = all.toReversed();
    const [last] = latest;
    if (!last) return [];
    const chapters = latest.map(({ telling }) => voice.caseOf(telling));
    return [{ ids: voice.idsOf(last.telling), chapters, at: last.at }];
  });
