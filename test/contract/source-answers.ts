import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import type { EventFixture } from "#infra/fixtures/cases.ts";
import { startRecordedApi, type ApiAnswerOnWire } from "#infra/local/recorded-api.ts";
import * as fc from "../properties.ts";
import { pathsIn, replaced, textsIn } from "./json-places.ts";
import { asQueued, contextOf, expandedOf } from "#infra/local/case-meaning.ts";
import { attempted, type SourceUnderTest } from "./source-under-test.ts";
import { foreign, type Secret } from "./strangers.ts";

// Attacks a source's `fetch` with wrong answers of the source's API. An answer that is not the vendor's documented "there is no such
// person" must never make a leaver: that would close the account of a person who has not left.

const hour = 60 * 60_000;
const page = "<!doctype html><title>Not what you asked for</title>";

/** Wrong answers. No vendor documents any of these as "there is no such person". */
const hostileAnswers: Readonly<Record<string, Omit<ApiAnswerOnWire, "request">>> = {
  "a redirect": { status: 302, headers: { location: "https://example.com/sign-in" } },
  "400": { status: 400, json: { error: "bad request" } },
  "401": { status: 401, json: { error: "unauthorized" } },
  "403": { status: 403, json: { error: "forbidden" } },
  "a 403 page": { status: 403, text: page },
  "404 with an unknown body": { status: 404, json: { error: "no such path" } },
  "404 without a body": { status: 404 },
  "a 404 page": { status: 404, text: page },
  "410": { status: 410, json: {} },
  "429": { status: 429, json: {} },
  "500": { status: 500, json: { error: "internal" } },
  "a 503 page": { status: 503, text: page },
  "a page": { status: 200, text: page },
  nothing: { status: 200, text: "" },
  "an empty object": { status: 200, json: {} },
  "an empty list": { status: 200, json: [] },
  null: { status: 200, json: null },
};

export function attackAnswers(tested: SourceUnderTest): void {
  const { source, secret, eventCases, readable, isTranslated } = tested;
  const { name, fetch } = source;
  const asking = eventCases.filter(({ answers }) => answers.length > 0);
  if (!fetch) return;

  describe(`the answers to ${name}`, () => {
    it("are recorded for the events that the source completes", () => {
      expect(asking, "write answers.json").not.toEqual([]);
    });

    it.each(asking)("make no leaver of the person of $name unless they say so", async (each) => {
      expect(await leaversMadeUp(tested, each)).toEqual([]);
    });

    it.each(asking)("about another person are refused in $name", async (each) => {
      expect(await strangersTaken(tested, each)).toEqual([]);
    });

    it.each(asking)("may hold any value anywhere in $name", async (each) => {
      const places = pathsIn(each.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
      const events = await readable(each);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...places),
          fc.jsonValue({ maxDepth: 2 }),
          async ([index, ...path], value) => {
            const answers = each.answers.map((answer, at) =>
              at === index ? { ...answer, json: replaced(answer.json, path, value) } : answer,
            );
            for (const event of events) {
              const api = inMemory(answers, secret, each.now);
              const listed = await expandedOf(source, asQueued(event), api).catch(inboundError);
              if (listed instanceof InboundError) continue;
              for (const one of listed ?? [event]) {
                const payload = await fetch.read(asQueued(one), api).catch(inboundError);
                if (payload instanceof InboundError) continue;
                expect(isTranslated(asQueued({ ...one, payload }))).toBe(true);
              }
            }
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}

/**
 * Answers each question of a case with each hostile answer. Returns where that made a leaver although the event
 * alone does not say so, or ended in anything but an `InboundError`.
 */
export async function leaversMadeUp(tested: SourceUnderTest, each: EventFixture): Promise<string[]> {
  const { source } = tested;
  const events = await tested.readable(each);
  const questions = [...new Set(each.answers.map(({ request }) => request.replace(/\?.*$/, "")))];
  const attacks = questions.flatMap((request) =>
    Object.entries(hostileAnswers).map(([what, answer]) => ({
      what: `${what} to ${request}`,
      request,
      answers: [...others(each, request), { request, ...answer }],
    })),
  );
  const found = await Promise.all(
    attacks.map(async ({ what, request, answers }) => {
      const read = await readAll(tested, each, answers, events);
      return read
        .filter(({ asked }) => asked.includes(request))
        .flatMap(({ event, payload }) => {
          if (payload instanceof InboundError) return [];
          if (payload instanceof Error) return [`${what}: ${event.type} ended in ${payload.name}`];
          const isLeaver = leaves(payload, event) && !leaves(event.payload, event);
          return isLeaver ? [`${what}: ${event.type} became a leaver`] : [];
        });
    }),
  );
  return found.flat();

  function leaves(payload: unknown, event: SourceEvent): boolean {
    const changes = attempted(() => source.translate(asQueued({ ...event, payload }), contextOf(each)));
    return Array.isArray(changes) && changes.some(({ kind }) => kind === "leave");
  }
}

/** Answers each question of a case about a person with another person's record. Returns where it was taken for the person's. */
export async function strangersTaken(tested: SourceUnderTest, each: EventFixture): Promise<string[]> {
  const events = await tested.readable(each);
  const found: string[] = [];
  for (const event of events) {
    const ids = new Set([event.subject, ...textsIn(event.payload)]);
    const answers = each.answers.map((answer) => ({ ...answer, json: withoutIds(answer.json, ids) }));
    const [own, strange] = [
      await readAll(tested, each, each.answers, [event]),
      await readAll(tested, each, answers, [event]),
    ];
    // A list is about the people in it.
    if (own.some((read) => read.event.id !== event.id)) continue;
    // An event that could not be completed with the right answer either has no record.
    if (own[0]?.payload instanceof Error || JSON.stringify(answers) === JSON.stringify(each.answers))
      continue;
    const payload = strange[0]?.payload;
    const isRefused = payload instanceof InboundError && payload.reason === "person-is-another";
    if (!isRefused && (strange[0]?.asked.length ?? 0) > 0) found.push(`${event.type} ${event.subject}`);
  }
  return found;
}

/** An event completed at the source's API: its payload, or the failure; and the requests that were made. */
export interface AnsweredEvent {
  readonly event: SourceEvent;
  readonly payload: unknown;
  readonly asked: readonly string[];
}

/** Completes events one after the other over a real connection, as the worker does, with these answers. */
async function readAll(
  tested: SourceUnderTest,
  each: EventFixture,
  answers: readonly ApiAnswerOnWire[],
  events: readonly SourceEvent[],
): Promise<AnsweredEvent[]> {
  return (await readEach(tested, each, answers, events)).flat();
}

/** As `readAll`, for each event by itself: an event that announces changes of several people becomes one for each of them. */
export async function readEach(
  { source, openApi }: SourceUnderTest,
  { now }: EventFixture,
  answers: readonly ApiAnswerOnWire[],
  events: readonly SourceEvent[],
): Promise<AnsweredEvent[][]> {
  const { fetch } = source;
  const server = await startRecordedApi([{ answers }]);
  try {
    // So late that `fetch` does not wait for a new person to become visible: a retry would hide how it reads the answer.
    const api = fetch && openApi(fetch, server.url, now + hour);
    const read: AnsweredEvent[][] = [];
    for (const event of events) {
      const before = server.requests.length;
      const asked = () => server.requests.slice(before).map(({ request }) => request);
      const expanded =
        api && (await expandedOf(source, asQueued(event), api).catch((error: unknown) => error));
      if (expanded instanceof Error) {
        read.push([{ event, payload: expanded, asked: asked() }]);
        continue;
      }
      const completed: AnsweredEvent[] = [];
      for (const one of (expanded as SourceEvent[] | undefined) ?? [event]) {
        const payload = api
          ? await fetch.read(asQueued(one), api).catch((error: unknown) => error)
          : one.payload;
        completed.push({ event: one, payload, asked: asked() });
      }
      read.push(completed);
    }
    return read;
  } finally {
    await server.close();
  }
}

function others({ answers }: EventFixture, request: string): readonly ApiAnswerOnWire[] {
  return answers.filter((answer) => answer.request.replace(/\?.*$/, "") !== request);
}

/** An answer in which every text that is one of the ids is replaced by another id. */
function withoutIds(json: unknown, ids: ReadonlySet<string>): unknown {
  if (json === undefined) return undefined;
  return JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
    typeof value === "string" && ids.has(value) ? foreign(value) : value,
  ) as unknown;
}

/** A source's API that answers from memory, because the suite makes many requests. */
function inMemory(answers: EventFixture["answers"], secret: Secret, now: number): SourceApi<Secret> {
  const waiting = new Map(
    Object.entries(Object.groupBy(answers, ({ request }) => request.replace(/\?.*$/, ""))).map(
      ([request, list = []]) => [request, [...list]],
    ),
  );
  return {
    secret,
    now: () => now,
    async request({ method = "GET", path }: ApiRequest) {
      const list = waiting.get(`${method} ${path}`) ?? [];
      const answer = list.length > 1 ? list.shift() : list[0];
      if (!answer) return { status: 404, headers: {}, json: {} };
      if (answer.status === 429 || answer.status >= 500) {
        throw new InboundError("unavailable", "source-unreachable");
      }
      return { status: answer.status, headers: answer.headers ?? {}, json: answer.json };
    },
    async token(obtain) {
      return (await obtain()).token;
    },
    forgetToken() {},
  };
}

function inboundError(error: unknown): InboundError {
  expect(error).toBeInstanceOf(InboundError);
  return error as InboundError;
}
