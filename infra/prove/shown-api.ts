import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import type { EventFixture, RecordedAnswer } from "#infra/fixtures/cases.ts";

// The API of a source, without the network: it shows each person as the latest chapter that has happened says.

/** A person as the source shows them. */
export interface Shown {
  /** What names the person in requests. */
  readonly ids: readonly string[];
  /** The chapters that have happened, the latest first. */
  readonly chapters: readonly EventFixture[];
  /** When the latest one happened, ISO 8601, UTC. */
  readonly at?: string;
}

/**
 * Answers by method and path, and by the person that the request names in its path, query or body. What no chapter has recorded of a
 * person is asked of the others; then the answer is 404. Several answers to one request come in their order, and the last one repeats.
 *
 * @param listsChanges a request that names no person gets everybody who has changed since the moment in its query, if there is one.
 */
export function shownApi(
  people: () => readonly Shown[],
  { listsChanges = false } = {},
): (request: ApiRequest) => ApiAnswer {
  const given = new Map<RecordedAnswer, number>();

  function answerOf({ chapters }: Shown, asked: string): ApiAnswer | undefined {
    for (const { answers } of chapters) {
      const fitting = answers.filter((answer) => decoded(answer.request.replace(/\?.*$/, "")) === asked);
      const [first] = fitting;
      if (!first) continue;
      const times = given.get(first) ?? 0;
      given.set(first, times + 1);
      const { status, json, headers = {} } = fitting[Math.min(times, fitting.length - 1)] ?? first;
      return { status, headers, json: structuredClone(json) };
    }
    return undefined;
  }

  return (request) => {
    const { method = "GET", path, query = {} } = request;
    const asked = `${method} ${decoded(path)}`;
    const words = wordsOf(request);
    const named = people().filter(({ ids }) => ids.some((id) => words.includes(id)));
    const asks = named.length > 0 ? named : people();
    const isOfAll = listsChanges && named.length === 0;
    const answers: { readonly shown: Shown; readonly answer: ApiAnswer }[] = [];
    for (const shown of asks) {
      const answer = answerOf(shown, asked);
      if (answer && !isOfAll) return answer;
      if (answer) answers.push({ shown, answer });
    }
    const [first] = answers;
    if (!first) return { status: 404, headers: {}, json: { error: "not recorded" } };
    const since = Object.values(query).find((value) => isoTime.test(value)) ?? "";
    const changed = answers.filter(({ shown }) => (shown.at ?? since) >= since);
    const none = { ...first.answer, json: withoutEntries(first.answer.json) };
    return changed.map(({ answer }) => answer).reduce(withEntriesOf, none);
  };
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The path, the query and the body of a request, decoded. */
export const wordsOf = ({ path, query = {}, json, form }: ApiRequest): string =>
  decoded(`${path} ${JSON.stringify([query, json ?? "", form ?? ""])}`);

/** One page with the entries of two: what is a list in both is joined. */
function withEntriesOf(page: ApiAnswer, other: ApiAnswer): ApiAnswer {
  const joined = (one: unknown, more: unknown): unknown => {
    if (Array.isArray(one) && Array.isArray(more)) return [...one, ...more];
    if (!isObject(one) || !isObject(more)) return one;
    return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, joined(value, more[key])]));
  };
  return { ...page, json: joined(page.json, other.json) };
}

function withoutEntries(json: unknown): unknown {
  if (Array.isArray(json)) return [];
  if (!isObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withoutEntries(value)]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The port through which sources are asked. `answer` throws what keeps it from answering. */
export function apiPort(
  now: () => number,
  answer: (source: object, request: ApiRequest) => Promise<ApiAnswer>,
) {
  return function open<Secret>(
    source: { hosts(secret: Secret): unknown },
    secret: Secret,
  ): SourceApi<Secret> {
    return {
      secret,
      now,
      async request(request) {
        if (!request.path.startsWith("/")) throw new InboundError("malformed", "source-path-wrong");
        return answer(source, request);
      },
      token: async (obtain) => (await obtain()).token,
      forgetToken() {},
    };
  };
}
