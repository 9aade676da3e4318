import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import { fixtureSecret, fixturesFolder, fixtureSigner, readFixtures } from "#infra/fixtures/cases.ts";
import { attackAnswers } from "./source-answers.ts";
import { attackList } from "./source-list.ts";
import { attackProof } from "./source-proof.ts";
import { attackReceiving } from "./source-receiving.ts";
import { attackRefusals } from "./source-refusals.ts";
import { attackRenewal } from "./source-renewal.ts";
import { attackTranslation } from "./source-translation.ts";
import { playStory } from "./source-story.ts";
import { sourceUnderTest } from "./source-under-test.ts";
import { attackTrigger } from "./source-trigger.ts";
import { attackWords } from "./source-words.ts";
import type { Secret } from "./strangers.ts";

// The contract of every source as one suite of attacks and comparisons. It finds a new source by its folder and its fixtures.

/** An operator's own source needs fewer cases than a built-in one, and no README. */
interface SourceSuiteOptions {
  readonly fewestCases: number;
  readonly readme?: URL;
  /** Whether there has to be a story of one person who joins, moves and leaves. */
  readonly needsStory?: boolean;
  /** Default: beside the source. */
  readonly fixtures?: string;
}

export function sourceSuite(definition: Source, options: SourceSuiteOptions): void {
  const source = definition as unknown as Source<Secret>;
  const { name } = source;
  const folder = options.fixtures ?? fixturesFolder(name);
  const cases = readFixtures(name, folder);
  const eventCases = cases.filter((each) => each.kind === "events");
  const handshakes = cases.filter((each) => each.kind === "handshake");
  const invented = fixtureSecret(name, folder);
  const signer = fixtureSigner(name, folder);

  describe(`the fixtures of ${name}`, () => {
    it("hold a secret, and cases with Chinese and with accented names", () => {
      expect(invented, `write ${folder}/secret.json: an invented secret`).toBeDefined();
      expect(
        eventCases.map(({ name }) => name).length,
        `write ${folder}/<case>/body.json and changes.json`,
      ).toBeGreaterThanOrEqual(options.fewestCases);
      const names = JSON.stringify(eventCases.map(({ golden }) => golden));
      expect(names, "one person with a Chinese name").toMatch(/"name":"[^"]*\p{Script=Han}/u);
      expect(names, "one person with an accented name").toMatch(/"name":"[^"]*[À-ž]/u);
    });

    it("choose only ids that the source has", () => {
      const chosen = eventCases.flatMap(({ settings }) => settings?.externalId ?? []);
      expect(chosen.filter((name) => !source.externalIds?.includes(name))).toEqual([]);
    });
  });
  const [fixture] = eventCases;
  if (!invented || !fixture) return;

  const { readme } = options;
  const given = { source, invented, signer, fixture, eventCases, handshakes, readme, folder };
  // A sender may prove itself in another way, and say something else, by each method.
  for (const cases of Map.groupBy(eventCases, ({ method }) => method).values()) {
    const byMethod = sourceUnderTest({ ...given, fixture: cases[0] ?? fixture, eventCases: cases });
    if (source.trigger) attackTrigger(byMethod);
    else {
      attackProof(byMethod);
      attackReceiving(byMethod);
      attackRefusals(byMethod);
    }
    attackTranslation(byMethod);
  }
  const tested = sourceUnderTest(given);
  attackAnswers(tested);
  attackList(tested);
  attackRenewal(tested);
  attackWords(tested);
  playStory(tested, { isNeeded: options.needsStory ?? false });
}
