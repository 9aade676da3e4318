import * as fc from "fast-check";
import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { firstMoment, listedBy, meaningBy } from "./company.ts";
import { shownApi } from "./shown-api.ts";
import { storyOf } from "./drawn-story.ts";
import { playStory, type Outcome, type Story } from "./story.ts";
import { voiceOf, type Meanings, type Voice, type Voices } from "./voice.ts";

// Random stories of a configuration's own sources, until the time is over or one of them breaks a rule. Then the smallest such story
// is looked for.

/** The sources that can be proven, and why others cannot. */
export interface Speaking {
  readonly voices: Voices;
  /** Name → why no story of this source is played. */
  readonly silent: ReadonlyMap<string, string>;
}

export async function speakingOf(config: Config): Promise<Speaking> {
  const voices = new Map<string, Voice>();
  const silent = new Map<string, string>();
  const means: Meanings = {
    async ofEvent(source, secret, event, shown) {
      const reception = { receivedAt: new Date(firstMoment).toISOString(), proof: "" };
      const message = { kind: "event", source: source.name, event, reception } as const;
      const api = shownApi(() => [{ ids: [], chapters: [shown] }]);
      return (await meaningBy(config, message, { source, secret }, api)).changes;
    },
    ofListed: (source, person) => listedBy(config, source, person).changes,
  };
  for (const [name, source] of enabledSources(config)) {
    try {
      const voice = await voiceOf(source, means);
      if (voice) voices.set(name, voice);
      else silent.set(name, "it has no cases story-1-…, story-2-…, story-3-… with an invented secret");
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      silent.set(name, `its story ends here with ${error.reason}`);
    }
  }
  return { voices, silent };
}

/** What was played until now. */
export type Totals = Omit<Outcome, "broken" | "trail"> & { readonly stories: number };

export interface Proof {
  readonly totals: Totals;
  /** The smallest story that breaks a rule, and which. */
  readonly failing?: {
    readonly story: Story;
    readonly broken: readonly string[];
    readonly trail: readonly string[];
  };
}

export interface ProveOptions {
  readonly seed: number;
  /** So many stories at most. */
  readonly stories: number;
  /** No story begins after this many milliseconds. */
  readonly milliseconds: number;
  readonly played?: (totals: Totals) => void;
}

/** For how long a smaller failing story is looked for. */
const shrinkMilliseconds = 120_000;
const storiesAtOnce = 25;

export async function prove(config: Config, voices: Voices, options: ProveOptions): Promise<Proof> {
  const { seed, stories, milliseconds, played } = options;
  const endsAt = performance.now() + milliseconds;
  let totals: Totals = { stories: 0, events: 0, rows: 0, lists: 0, kills: 0, faults: 0, people: 0 };
  let isFailing = false;
  const property = fc.asyncProperty(storyOf(voices), async (story) => {
    const outcome = await playStory(config, voices, story);
    if (outcome.broken.length > 0) {
      isFailing = true;
      return false;
    }
    if (!isFailing) totals = sumOf(totals, outcome);
    return true;
  });
  for (let round = 0; totals.stories < stories && performance.now() < endsAt; round += 1) {
    const numRuns = Math.min(storiesAtOnce, stories - totals.stories);
    const result = await fc.check(property, {
      seed: seed + round,
      numRuns,
      interruptAfterTimeLimit: Math.max(1, endsAt - performance.now()) + shrinkMilliseconds,
      markInterruptAsFailure: false,
    });
    const [story] = result.counterexample ?? [];
    if (result.failed && !story) throw result.errorInstance;
    if (result.failed && story) {
      const { broken, trail } = await playStory(config, voices, story);
      return { totals, failing: { story, broken, trail } };
    }
    played?.(totals);
  }
  return { totals };
}

function sumOf({ stories, events, rows, lists, kills, faults, people }: Totals, more: Outcome): Totals {
  return {
    stories: stories + 1,
    events: events + more.events,
    rows: rows + more.rows,
    lists: lists + more.lists,
    kills: kills + more.kills,
    faults: faults + more.faults,
    people: people + more.people,
  };
}
