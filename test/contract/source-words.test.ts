import { expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source, SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { fixtureSecret, readFixture } from "#infra/fixtures/cases.ts";
import { sourceUnderTest } from "./source-under-test.ts";
import { misunderstood } from "./source-words.ts";
import type { Secret } from "./strangers.ts";

// Tests the suite itself: it must report a source that accepts words which it does not understand.

const fixture = readFixture("clerk", "user-created-banned", undefined);
if (fixture.kind !== "events") throw new Error("not a case with events");
const types = ["type"];
const statuses = ["banned"];

/** Clerk, with a different result for words that it does not understand. */
const tested = (content?: ReturnType<typeof clerk.translate>) =>
  sourceUnderTest({
    source: {
      ...clerk,
      translate(event: SourceEvent, context: TranslationContext) {
        try {
          return clerk.translate(event, context);
        } catch (error) {
          if (!content || !(error instanceof InboundError)) throw error;
          return content;
        }
      },
    } as unknown as Source<Secret>,
    invented: fixtureSecret("clerk") ?? {},
    fixture,
    eventCases: [],
    handshakes: [],
    readme: undefined,
    folder: "",
  });

it.each([
  ["done with", []],
  ["a departure", [{ kind: "leave", who: {} }] as const],
])("reports a source that reads an unknown word as %s", async (_, content) => {
  const found = [`user-created-banned: ${JSON.stringify(content)}`];
  expect(await misunderstood(tested([...content]), fixture, types, "types")).toEqual({ found, tried: 1 });
  expect(await misunderstood(tested([...content]), fixture, statuses, "statuses")).toEqual({
    found,
    tried: 1,
  });
});

it("reports nothing about a source whose events then end dead, nor about a case without such words", async () => {
  expect(await misunderstood(tested(), fixture, types, "types")).toEqual({ found: [], tried: 1 });
  expect(await misunderstood(tested(), fixture, ["absent"], "statuses")).toEqual({ found: [], tried: 0 });
});
