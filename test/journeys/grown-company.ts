import { onTestFinished } from "vitest";
import { grown, named, patternsOf, type Grown } from "#infra/fixtures/grown-list.ts";
import { listedCompany } from "#infra/fixtures/listed-company.ts";
import type { ListFixture } from "#infra/fixtures/lists.ts";
import { serve } from "#infra/local/server.ts";

/** A source's API with a company of people, answering as its list.json records it. */
export interface GrownCompany {
  /** What goes into the secret as `apiHost`. */
  readonly url: string;
  /** Who is in the list. */
  readonly people: Set<Grown>;
  readonly provesDepartures: boolean;
  /** From now on the person is not in the list; asked about them, the source answers as it is recorded. */
  leave(person: Grown): void;
  rename(person: Grown): void;
  join(): void;
}

const maxRequestBytes = 4 * 1024 * 1024;

/** Starts a source's API with so many people, for the length of one test. */
export async function openGrownCompany(recorded: ListFixture, count: number): Promise<GrownCompany> {
  const patterns = patternsOf(recorded);
  const everybody = new Map<number, Grown>();
  const people = new Set<Grown>();

  function enter(added: number): void {
    for (const each of grown(patterns, everybody.size, added)) {
      everybody.set(each.number, each);
      people.add(each);
    }
  }
  enter(count);
  const { provesDepartures, answer } = listedCompany(recorded, {
    listed: () => [...people],
    named: (request) => named(request, everybody),
    isThere: (person) => people.has(person),
  });

  const server = await serve(
    0,
    () => maxRequestBytes,
    async ({ method, url, body }) => {
      const request = `${method} ${url.pathname}`;
      const found = answer(request, `${decodeURIComponent(url.href)} ${body.toString()}`);
      if (!found) return { status: 404, body: { error: "not recorded", request } };
      const { status, headers, json } = found;
      return {
        status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(json),
      };
    },
  );
  onTestFinished(() => server.close());
  return {
    url: `http://127.0.0.1:${server.port}`,
    people,
    provesDepartures,
    leave: (person) => void people.delete(person),
    rename(person) {
      people.delete(person);
      const renamed = { ...person, nameEnd: "二" };
      everybody.set(person.number, renamed);
      people.add(renamed);
    },
    join: () => enter(1),
  };
}
