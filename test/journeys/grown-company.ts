import { onTestFinished } from "vitest";
import type { RecordedAnswer } from "#infra/fixtures/cases.ts";
import type { ListFixture } from "#infra/fixtures/lists.ts";
import { serve } from "#infra/local/server.ts";
import { grown, grownPages, named, patternsOf, withIds, type Grown } from "./grown-list.ts";

/** A source's API with a company of people, answering as its list.json records it. */
export interface GrownCompany {
  /** What goes into the secret as `apiHost`. */
  readonly url: string;
  /** Who is in the list. */
  readonly people: Set<Grown>;
  /** Whether the source says of any person that they have left. Where it does not, its answers about them are unusable. */
  readonly provesDepartures: boolean;
  /** From now on the person is not in the list; asked about them, the source answers as it is recorded, in each way by turns. */
  leave(person: Grown): void;
  join(): void;
  /** From now on the list is read from its beginning. */
  begin(): void;
}

const maxRequestBytes = 4 * 1024 * 1024;

/** Starts a source's API with so many people, for the length of one test. */
export async function openGrownCompany(recorded: ListFixture, count: number): Promise<GrownCompany> {
  const patterns = patternsOf(recorded);
  const subjects = new Set(recorded.people.map(({ subject }) => subject));
  const everybody = new Map<number, Grown>();
  const people = new Set<Grown>();
  const proofs = recorded.asked.filter(
    ({ changes, fails }) =>
      fails === undefined && (changes === undefined || changes.some(({ kind }) => kind === "leave")),
  );
  const ways = proofs.length > 0 ? proofs : recorded.asked.filter(({ fails }) => fails !== undefined);
  /** Request → how many of its recorded answers were given. */
  const given = new Map<string, number>();
  /** Of people who have left: the recorded answers that were not given yet. */
  const following = new Map<number, readonly RecordedAnswer[]>();

  function enter(added: number): void {
    for (const each of grown(patterns, everybody.size, added)) {
      everybody.set(each.number, each);
      people.add(each);
    }
  }
  enter(count);

  function ofOneWhoLeft({ subject, number }: Grown, request: string): RecordedAnswer | undefined {
    const asked = ways[number % ways.length];
    const all = withIds(asked?.answers ?? [], [[asked?.subject ?? "", subject]]) as RecordedAnswer[];
    const isAnswer = (answer: RecordedAnswer) => answer.request === request;
    const left = following.get(number) ?? [];
    const answers = left.some(isAnswer) ? left : all;
    const at = answers.findIndex(isAnswer);
    following.set(number, answers.slice(at + 1));
    return answers[at];
  }

  /** A page of the list; or what is asked about some people of it by their ids. */
  function inList(request: string, of: readonly Grown[]): RecordedAnswer | undefined {
    const own = recorded.answers.filter((answer) => answer.request === request);
    const answers =
      own.length > 0
        ? own
        : (recorded.departments?.answers ?? []).filter((answer) => answer.request === request);
    if (of.length === 0) {
      const turn = given.get(request) ?? 0;
      given.set(request, turn + 1);
      return grownPages(answers, [...people], subjects)[Math.min(turn, answers.length - 1)];
    }
    const isAbout = ({ json }: RecordedAnswer) =>
      of.every(({ pattern }) => JSON.stringify(json).includes(pattern.subject));
    return grownPages(answers.filter(isAbout), of, subjects)[0];
  }

  function answerTo(request: string, whole: string): RecordedAnswer | undefined {
    const of = named(whole, everybody);
    const [one] = of;
    if (one && of.length === 1 && !people.has(one)) return ofOneWhoLeft(one, request);
    for (const [number, [next, ...rest]] of following)
      if (of.length === 0 && next?.request === request) {
        following.set(number, rest);
        return next;
      }
    return inList(request, of);
  }

  const server = await serve(
    0,
    () => maxRequestBytes,
    async ({ method, url, body }) => {
      const request = `${method} ${url.pathname}`;
      const whole = `${decodeURIComponent(url.href)} ${body.toString()}`;
      const answer = answerTo(request, whole);
      if (!answer) return { status: 404, body: { error: "not recorded", request } };
      const { status, headers, json } = answer;
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
    provesDepartures: proofs.length > 0,
    leave: (person) => void people.delete(person),
    join: () => enter(1),
    begin: () => given.clear(),
  };
}
