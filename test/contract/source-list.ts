import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson } from "#lib/contract/source.ts";
import { readList } from "#lib/source-apis/read-list.ts";
import { readDepartments } from "#lib/source-apis/read-pages.ts";
import { startRecordedApi, type ApiAnswerOnWire } from "#infra/local/recorded-api.ts";
import { readListFixture, type ListFixture } from "#infra/fixtures/lists.ts";
import * as fc from "../properties.ts";
import { asJson, pathsIn, replaced } from "./json-places.ts";
import { asQueued, contextOf } from "#infra/local/case-meaning.ts";
import { attempted, type SourceUnderTest } from "./source-under-test.ts";

// Attacks the list of all people of a source. A list that ends early or is wrong must not be called complete: a person who is
// missing in it would look like a leaver.

type Answers = readonly ApiAnswerOnWire[];

const page = "<!doctype html><title>Not what you asked for</title>";
export const failures: Readonly<Record<string, Omit<ApiAnswerOnWire, "request">>> = {
  "a redirect": { status: 302, headers: { location: "https://example.com/sign-in" } },
  "400": { status: 400, json: { error: "bad request" } },
  "401": { status: 401, json: { error: "unauthorized" } },
  "403": { status: 403, json: { error: "forbidden" } },
  "404": { status: 404, json: { error: "no such path" } },
  "429": { status: 429, json: {} },
  "500": { status: 500, json: {} },
  "a page": { status: 200, text: page },
  nothing: { status: 200, text: "" },
  "an empty object": { status: 200, json: {} },
  null: { status: 200, json: null },
};

export function attackList(tested: SourceUnderTest): void {
  const { source, fixture, openApi } = tested;
  const { name, list } = source;
  if (!list) return;
  const recorded = readListFixture(name, tested.folder);

  describe(`the list of ${name}`, () => {
    it("is recorded, over several pages where the vendor has pages", () => {
      expect(recorded, "write fixtures/list.json").toBeDefined();
      expect(pagesOf(recorded) === 1).toBe(recorded?.isOnePage ?? false);
    });
    if (!recorded) return;
    const lastPage = recorded.answers.length - 1;
    const unsaid = recorded.asked.filter(({ fails }) => fails !== undefined);

    it("holds all people, as translate reads them", async () => {
      const { people, summary, asked } = await read(recorded.answers);
      expect({ isComplete: summary.isComplete, people: people.map(meaning) }).toEqual({
        isComplete: recorded.isComplete,
        people: recorded.people,
      });
      expect(summary.count).toBe(new Set(people.map(({ subject }) => subject)).size);
      // Each page was requested with a cursor of its own.
      expect(new Set(asked).size).toBe(asked.length);
    });

    // A system of applicants does not know who works there.
    if (source.kind !== undefined && source.kind !== "ats")
      it("shows people as active, so that an account which this source has closed is opened again", async () => {
        const { people } = await read(recorded.answers);
        const opens = (person: ListedPerson) =>
          (meaning(person).changes as readonly Change[]).some(
            (change) => "person" in change && change.person.status === "Activated",
          );
        expect(people.some((person) => person.isActive === true || opens(person))).toBe(true);
      });

    it("continues from any cursor", async () => {
      const whole = await read(recorded.answers);
      const api = await startRecordedApi([recorded]);
      try {
        const people: ListedPerson[] = [];
        let cursor: string | undefined;
        do {
          // As another function would, which has not read the pages before.
          const next = await list.page(openApi(list, api.url, fixture.now), cursor);
          people.push(...next.people);
          cursor = next.next === undefined ? undefined : (asJson(next.next) as string);
        } while (cursor !== undefined);
        expect(people).toEqual(whole.people);
      } finally {
        await api.close();
      }
    });

    it.each(Object.entries(failures))("does not end where a page is %s", async (_, failure) => {
      for (const index of recorded.answers.keys()) {
        const { request } = recorded.answers[index] as ApiAnswerOnWire;
        // Requesting the page again does not end the list either.
        const answers = [...recorded.answers.slice(0, index), { request, ...failure }];
        await expect(read(answers)).rejects.toBeInstanceOf(InboundError);
      }
    });

    if (!recorded.isOnePage && recorded.hasCursors)
      it("is neither read for ever nor complete when a page repeats", async () => {
        const again = recorded.answers.slice(0, lastPage);
        const { isComplete, asked } = await read(again).then(
          ({ summary, asked }) => ({ isComplete: summary.isComplete, asked }),
          (error: unknown) => {
            expect(error).toMatchObject({ code: "unavailable" });
            return { isComplete: false, asked: (error as { asked?: string[] }).asked ?? [] };
          },
        );
        expect(isComplete).toBe(false);
        expect(asked.length).toBeLessThanOrEqual(recorded.answers.length + 2);
      });

    it("is not complete when it is empty", async () => {
      const { request } = recorded.answers[lastPage] as ApiAnswerOnWire;
      // What is asked before it, such as a token, is answered as recorded.
      const answers = recorded.answers
        .filter((answer, index) => index === lastPage || answer.request !== request)
        .map(emptied);
      const { people, summary } = await read(answers);
      expect({ people, isComplete: summary.isComplete }).toEqual({ people: [], isComplete: false });
    });

    it("is not complete when an entry of it cannot be read", async () => {
      const [{ subject } = { subject: "" }] = recorded.people;
      for (const stranger of [null, {}, "", 1.5]) {
        const answers = recorded.answers.map((answer) => ({
          ...answer,
          json: JSON.parse(JSON.stringify(answer.json), (_key, value: unknown) =>
            (typeof value === "number" ? String(value) : value) === subject ? stranger : value,
          ) as unknown,
        }));
        const { people, summary } = await read(answers);
        expect(summary.isComplete).toBe(false);
        expect(people.map((person) => person.subject)).toEqual(
          recorded.people.map((person) => person.subject).filter((other) => other !== subject),
        );
      }
    });

    const totals = pathsIn(recorded.answers.map(({ json }) => json)).filter(
      (path) => path.at(-1) === "total" || path.at(-1) === "total_count",
    );
    if (totals.length > 0)
      it.each([-1, 1, 1000])("is not complete when its total is wrong by %i", async (difference) => {
        const answers = recorded.answers.map((answer, index) => {
          const [, ...path] = totals.find(([at]) => at === index) ?? [];
          const total = recorded.people.length + difference;
          return path.length === 0 ? answer : { ...answer, json: replaced(answer.json, path, total) };
        });
        // A list that fails is not complete either.
        const isComplete = await read(answers).then(
          ({ summary }) => summary.isComplete,
          (error: unknown) => inboundError(error).people.length > 0,
        );
        expect(isComplete).toBe(false);
      });

    it("may hold any value anywhere", async () => {
      const places = pathsIn(recorded.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...places),
          fc.jsonValue({ maxDepth: 2 }),
          async ([index, ...path], value) => {
            const answers = recorded.answers.map((answer, at) =>
              at === index ? { ...answer, json: replaced(answer.json, path, value) } : answer,
            );
            const { people } = await read(answers).catch(inboundError);
            for (const person of people) expect(() => meaning(person)).not.toThrow();
          },
        ),
        { numRuns: 60 },
      );
    });

    it("reads one person by the id, and proves a departure where the vendor documents how", async () => {
      expect(
        recorded.asked.filter(({ changes }) => changes?.every(({ kind }) => kind !== "leave")),
      ).not.toEqual([]);
      expect(
        recorded.asked.some(({ changes, fails }) =>
          changes ? changes.some(({ kind }) => kind === "leave") : fails === undefined,
        ),
      ).toBe(!list.provesNoDeparture);
      expect(unsaid.length > 0 || !list.provesNoDeparture).toBe(true);
      for (const { subject, answers, changes, fails } of recorded.asked) {
        if (fails !== undefined) continue;
        const person = await ask(subject, answers);
        expect(person && meaning(person)).toEqual(changes && { subject, changes });
      }
    });

    if (unsaid.length > 0)
      it("takes no person for gone where the source does not say so", async () => {
        for (const { subject, answers, fails } of unsaid) {
          await expect(ask(subject, answers)).rejects.toMatchObject({ reason: fails });
        }
      });

    it.each(Object.entries(failures))(
      "says of no person that they do not exist where the answer is %s",
      async (_, failure) => {
        for (const { subject, answers } of recorded.asked) {
          for (const index of answers.keys()) {
            const { request } = answers[index] as ApiAnswerOnWire;
            const wrong = [...answers.slice(0, index), { request, ...failure }];
            await expect(ask(subject, wrong)).rejects.toBeInstanceOf(InboundError);
          }
        }
      },
    );

    it("takes no other person for the one who was asked about", async () => {
      for (const { subject, answers, changes } of recorded.asked) {
        if (!changes) continue;
        const others = answers.map((answer) => ({ ...answer, json: renamed(answer.json, subject) }));
        await expect(ask(subject, others)).rejects.toBeInstanceOf(InboundError);
      }
    });

    attackDepartments(tested, recorded);

    async function ask(subject: string, answers: Answers): Promise<ListedPerson | undefined> {
      const api = await startRecordedApi([{ answers }]);
      try {
        const listing = list as NonNullable<typeof list>;
        return await listing.person(openApi(listing, api.url, fixture.now), subject);
      } finally {
        await api.close();
      }
    }

    /** Reads the list over a real connection. An error carries the requests that were made, for tests of endless lists. */
    async function read(answers: Answers) {
      const api = await startRecordedApi([{ answers }]);
      const people: ListedPerson[] = [];
      const asked = () => api.requests.map(({ request, query, body }) => `${request}?${query} ${body}`);
      try {
        const opened = openApi(list as NonNullable<typeof list>, api.url, fixture.now);
        const summary = await readList(list as NonNullable<typeof list>, opened, (listed) => {
          people.push(...listed);
        });
        return { people, summary, asked: asked() };
      } catch (error) {
        throw Object.assign(error as Error, { asked: asked() });
      } finally {
        await api.close();
      }
    }

    function meaning({ subject, type, payload }: ListedPerson) {
      const occurredAt = new Date(fixture.now).toISOString();
      const event = asQueued({ id: "listed", subject, type, occurredAt, payload });
      const changes = attempted(() => source.translate(event, contextOf(fixture)));
      return { subject, changes: changes instanceof InboundError ? changes.reason : asJson(changes) };
    }
  });
}

/** A department that is left out would take its people out of a map, and out of a list that is read by department. */
function attackDepartments({ source, fixture, openApi }: SourceUnderTest, recorded: ListFixture): void {
  const { list } = source;
  it("has departments where the source lists them", () => {
    expect(recorded.departments !== undefined, "departments of fixtures/list.json").toBe(
      list?.departments !== undefined,
    );
  });
  const { departments: expected } = recorded;
  if (!list?.departments || !expected) return;

  it("holds all departments", async () => {
    expect(await read(expected.answers)).toEqual(expected.departments);
  });

  it("continues with departments from any cursor", async () => {
    const api = await startRecordedApi([expected]);
    try {
      const found: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await list.departments?.(openApi(list, api.url, fixture.now), cursor);
        found.push(...(page?.departments ?? []));
        cursor = page?.next;
      } while (cursor !== undefined);
      expect(found).toEqual(expected.departments);
    } finally {
      await api.close();
    }
  });

  it.each(Object.entries(failures))("does not end its departments where a page is %s", async (_, failure) => {
    for (const [index, { request }] of expected.answers.entries()) {
      await expect(
        read([...expected.answers.slice(0, index), { request, ...failure }]),
      ).rejects.toBeInstanceOf(InboundError);
    }
  });

  it("leaves no department out that it cannot read", async () => {
    const [{ id } = { id: "" }] = expected.departments.slice(-1);
    for (const stranger of [null, {}, "", 1.5]) {
      const answers = expected.answers.map((answer) => ({
        ...answer,
        json: JSON.parse(JSON.stringify(answer.json), (_key, value: unknown) =>
          String(value) === id ? stranger : value,
        ) as unknown,
      }));
      await expect(read(answers)).rejects.toBeInstanceOf(InboundError);
    }
  });

  it("may have any value anywhere in its departments", async () => {
    const places = pathsIn(expected.answers.map(({ json }) => json)).filter(({ length }) => length > 0);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.jsonValue({ maxDepth: 2 }),
        async ([index, ...path], value) => {
          const answers = expected.answers.map((answer, at) =>
            at === index ? { ...answer, json: replaced(answer.json, path, value) } : answer,
          );
          await read(answers).catch(inboundError);
        },
      ),
      { numRuns: 40 },
    );
  });

  async function read(answers: Answers) {
    const listing = list as NonNullable<typeof list>;
    const api = await startRecordedApi([{ answers }]);
    try {
      return await readDepartments(listing, openApi(listing, api.url, fixture.now));
    } finally {
      await api.close();
    }
  }
}

/** Returns no people for a list that was refused with an `InboundError`; throws any other error. */
function inboundError(error: unknown): { people: readonly ListedPerson[] } {
  expect(error).toBeInstanceOf(InboundError);
  return { people: [] };
}

/** An answer that is about another person. */
const renamed = (json: unknown, subject: string): unknown =>
  JSON.parse(JSON.stringify(json), (_key, value: unknown) =>
    String(value) === subject ? "another-1" : value,
  );

function pagesOf(recorded: ListFixture | undefined): number {
  const requests = recorded?.answers.map(({ request }) => request) ?? [];
  return requests.filter((request) => request === requests.at(-1)).length;
}

/** The page that the vendor would send for an empty list. */
function emptied(answer: ApiAnswerOnWire): ApiAnswerOnWire {
  const json = JSON.parse(JSON.stringify(answer.json), (key, value: unknown) =>
    Array.isArray(value) ? [] : key === "total" ? 0 : value,
  ) as unknown;
  return { ...answer, json };
}
