import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { readRenewals, type RenewalRun } from "#infra/fixtures/renewals.ts";
import { startRecordedApi, type ApiAnswerOnWire } from "#infra/local/recorded-api.ts";
import * as fc from "../properties.ts";
import { isJson, pathsIn, replaced } from "./json-places.ts";
import { failures } from "./source-list.ts";
import type { SourceUnderTest } from "./source-under-test.ts";

// Attacks what a source renews. A renewal that failed must not look like one that worked: the sender would fall silent.

export function attackRenewal({ source, folder, openApi }: SourceUnderTest): void {
  const { name, renew } = source;
  if (!renew) return;
  const runs = readRenewals(name, folder);
  const working = runs.filter(({ answers, fails }) => answers.length > 0 && fails === undefined);

  describe(`what is renewed of ${name}`, () => {
    it("is recorded: what is renewed, and what still lasts", () => {
      expect(working, "write fixtures/renew.json").not.toEqual([]);
      const all = runs.map(({ sends }) => sends.length > 0);
      expect(new Set(all)).toEqual(new Set([true, false]));
    });

    it.each(runs)("is renewed as recorded: $now, known $known", async (recorded) => {
      const { answers, sends, keeps, fails } = recorded;
      const { result, requests } = await run(recorded, answers);
      const outcome = result instanceof InboundError ? { fails: result.reason } : { keeps: result };
      expect(outcome).toEqual(fails === undefined ? { keeps } : { fails });
      expect(requests.map(({ request }) => request)).toEqual(answers.map(({ request }) => request));
      const written = requests.filter(({ body }) => isJson(Buffer.from(body)));
      expect(written.map(({ body }) => JSON.parse(body) as unknown)).toEqual(sends);
    });

    it.each(Object.entries(failures))("is not renewed where an answer is %s", async (_, failure) => {
      for (const recorded of working) {
        for (const [index, { request }] of recorded.answers.entries()) {
          const answers = [...recorded.answers.slice(0, index), { request, ...failure }];
          const { result } = await run(recorded, answers);
          expect(result, request).toBeInstanceOf(InboundError);
        }
      }
    });

    it("may hold any value anywhere", async () => {
      const [recorded = runs[0] as RenewalRun] = working;
      const places = pathsIn(recorded.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...places),
          fc.jsonValue({ maxDepth: 2 }),
          async ([at, ...path], value) => {
            const answers = recorded.answers.map((answer, index) =>
              index === at ? { ...answer, json: replaced(answer.json, path, value) } : answer,
            );
            const { result } = await run(recorded, answers);
            expect(result instanceof InboundError || ["string", "undefined"].includes(typeof result)).toBe(
              true,
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  async function run({ now, known }: RenewalRun, answers: readonly ApiAnswerOnWire[]) {
    const renewal = renew as NonNullable<typeof renew>;
    const server = await startRecordedApi([{ answers }]);
    try {
      const api = openApi(renewal, server.url, Date.parse(now));
      const result = await renewal.run(api, known).catch((error: unknown) => error);
      return { result, requests: server.requests };
    } finally {
      await server.close();
    }
  }
}
