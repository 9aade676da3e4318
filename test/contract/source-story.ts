import { onTestFinished, describe, expect, it } from "vitest";
import { defineConfig, type Config } from "#lib/config.ts";
import * as registry from "#lib/sources/registry.ts";
import { requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { startStack } from "#infra/local/stack.ts";
import type { SourceUnderTest } from "./source-under-test.ts";

// The story of a source: the cases `story-1-…`, `story-2-…`, `story-3-…`, one person who joins, moves and leaves.

export function playStory(tested: SourceUnderTest, options: { readonly isNeeded: boolean }): void {
  const { source, secret, signer, folder } = tested;
  const { name } = source;
  const story = readStory(name, folder);
  const never: readonly string[] = source.neverTells ?? [];
  const later = stages.filter(([word]) => !never.includes(word));
  if (story.length === 0 && !options.isNeeded) return;

  describe(`the story of ${name}`, () => {
    it.each(stages.filter(([word]) => never.includes(word)))("never has a %s, in any case", (_, kind) => {
      const kinds = tested.eventCases.flatMap(({ golden = [] }) => golden.flatMap(changesOf));
      expect(kinds.filter((change) => change.kind === kind)).toEqual([]);
    });

    it("is about one person who joins, moves and leaves, as far as the source tells of it, one after the other", () => {
      const events = story.flatMap(({ golden = [] }) => golden);
      const [begins, ...goesOn] = events.flatMap(changesOf);
      // A sender that only says who has changed brings a person by a change that holds everything.
      const joins = begins?.kind === "update" && begins["complete"] === true ? "create" : begins?.kind;
      const kinds = [joins, ...goesOn.map(({ kind }) => kind)].filter(
        (kind, index, all) => kind !== all[index - 1],
      );
      const missing = `write the cases story-1-…, story-2-… and story-3-… in ${folder}`;
      expect(kinds, missing).toEqual(["create", ...later.map(([, kind]) => kind)]);
      expect(new Set(events.map((event) => "subject" in event && event.subject)).size).toBe(1);
      const times = events.map((event) => ("occurredAt" in event ? event.occurredAt : ""));
      expect(times).toEqual([...new Set(times)].toSorted());
    });

    it("opens an account, changes it and closes it", async () => {
      const api = await startRecordedApi([]);
      const stack = await startStack({
        config: configOf(tested),
        port: 0,
        log: { info() {}, warn() {}, error() {} },
        loadSecret: async (asked) => ({
          current:
            asked === "authing"
              ? { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" }
              : { ...secret, ...(source.fetch && { apiHost: api.url }) },
        }),
      });
      onTestFinished(async () => {
        await stack.close();
        await api.close();
      });
      const seen: unknown[] = [];
      const send = async (each: EventFixture) => {
        api.play(each);
        const request = requestOf(source, secret, each, { now: Date.now(), id: `msg_${each.name}` }, signer);
        expect((await postRequest(stack.url, name, request))?.ok).toBe(true);
        await stack.settled();
        const [user] = stack.sandbox?.users() ?? [];
        seen.push([stack.ledger.recent(1)[0]?.outcome.kind, user?.status]);
      };
      for (const each of story) await send(each);
      const ends = later.some(([word]) => word === "leaver") ? "Resigned" : "Activated";
      const open = story.slice(1).map(() => ["accepted", "Activated"]);
      expect(seen).toEqual([...open, ["accepted", ends]]);
      expect(stack.sandbox?.users()).toHaveLength(1);
    });
  });
}

/** What may become of a person who has joined: the word of `neverTells`, and the change. */
const stages = [
  ["mover", "update"],
  ["leaver", "leave"],
] as const;

const changesOf = (event: NonNullable<EventFixture["golden"]>[number]) =>
  "changes" in event ? event.changes : [];

/** A configuration with this source alone, built in or not. */
function configOf({ source }: SourceUnderTest): Config {
  const { name, ...own } = source;
  return defineConfig({
    sources: { [name]: Object.values(registry).some((each) => each.name === name) ? {} : { source: own } },
  } as never);
}
