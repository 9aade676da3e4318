import { onTestFinished, describe, expect, it } from "vitest";
import { createAuthingClient } from "#lib/authing/client.ts";
import { defineConfig, type Config } from "#lib/config.ts";
import * as registry from "#lib/sources/registry.ts";
import { requestOf, type EventFixture } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { startStack, type Stack } from "#infra/local/stack.ts";
import type { SourceUnderTest } from "./source-under-test.ts";

// The story of a source: the cases `story-1-…`, `story-2-…`, `story-3-…`, one person who joins, moves and leaves. Of a source that sends
// signals about people of others it begins with an account that is there.

export function playStory(tested: SourceUnderTest, options: { readonly isNeeded: boolean }): void {
  const { source, secret, signer, folder } = tested;
  const { name } = source;
  const story = readStory(name, folder);
  const never: readonly string[] = source.neverTells ?? [];
  const told = stages.filter(([word]) => !never.includes(word));
  if (story.length === 0 && !options.isNeeded) return;

  describe(`the story of ${name}`, () => {
    it.each(stages.filter(([word]) => never.includes(word)))("never has a %s, in any case", (_, kind) => {
      const kinds = tested.eventCases.flatMap(({ golden = [] }) => golden.flatMap(changesOf));
      expect(kinds.map(asStage).filter((each) => each === kind)).toEqual([]);
    });

    it("is about one person who joins, moves and leaves, as far as the source tells of it, one after the other", () => {
      const events = story.flatMap(({ golden = [] }) => golden);
      const [begins, ...goesOn] = events.flatMap(changesOf);
      const kinds = [...(begins ? [asStage(begins)] : []), ...goesOn.map(({ kind }) => kind)].filter(
        (kind, index, all) => kind !== all[index - 1],
      );
      const missing = `write the cases story-1-…, story-2-… and story-3-… in ${folder}`;
      expect(kinds, missing).toEqual(told.map(([, kind]) => kind));
      expect(new Set(events.map((event) => "subject" in event && event.subject)).size).toBe(1);
      const times = events.map((event) => ("occurredAt" in event ? event.occurredAt : ""));
      expect(times).toEqual([...new Set(times)].toSorted());
    });

    it("opens an account, changes it and closes it", async () => {
      const api = await startRecordedApi([]);
      const stack = await startStack({
        config: configOf(tested, never.includes("joiner") ? { people: "shared" } : {}),
        port: 0,
        log: { info() {}, warn() {}, error() {} },
        loadSecret: async (asked) => ({
          current:
            asked === "authing" ? authingKey : { ...secret, ...(source.fetch && { apiHost: api.url }) },
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
      if (never.includes("joiner")) await openAccount(stack, story);
      for (const each of story) await send(each);
      const ends = told.some(([word]) => word === "leaver") ? "Resigned" : "Activated";
      const open = story.slice(1).map(() => ["accepted", "Activated"]);
      expect(seen).toEqual([...open, ["accepted", ends]]);
      expect(stack.sandbox?.users()).toHaveLength(1);
    });
  });
}

/** What may become of a person: the word of `neverTells`, and the change. */
const stages = [
  ["joiner", "create"],
  ["mover", "update"],
  ["leaver", "leave"],
] as const;

type GoldenChange = ReturnType<typeof changesOf>[number];

/** A sender that only says who has changed brings a person by a change that holds everything. */
const asStage = (change: GoldenChange): string =>
  change.kind === "update" && change["complete"] === true ? "create" : change.kind;

const changesOf = (event: NonNullable<EventFixture["golden"]>[number]) =>
  "changes" in event ? event.changes : [];

/** The key of the sandbox. */
const authingKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };

/** The account of the person of a story, which another party made. */
async function openAccount({ authingHost }: Stack, story: readonly EventFixture[]): Promise<void> {
  const [first] = story.flatMap(({ golden = [] }) => golden.flatMap(changesOf));
  const { externalId = "" } = (first?.["who"] ?? {}) as { readonly externalId?: string };
  const authing = createAuthingClient({ host: authingHost, credentials: async () => authingKey });
  const person = { externalId, username: `invented-${externalId}`, status: "Activated" } as const;
  expect(await authing.createUsersBatch({ list: [person] })).toMatchObject({ ok: true });
  authing.close();
}

/** A configuration with this source alone, built in or not. */
function configOf({ source }: SourceUnderTest, settings: object): Config {
  const { name, ...own } = source;
  const isBuiltIn = Object.values(registry).some((each) => each.name === name);
  return defineConfig({
    sources: { [name]: { ...settings, ...(!isBuiltIn && { source: own }) } },
  } as never);
}
