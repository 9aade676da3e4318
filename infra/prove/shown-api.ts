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
}

/**
 * Answers by method and path, and by the person that the request names in its path, query or body. What no chapter has recorded of a
 * person is asked of the others; then the answer is 404. Several answers to one request come in their order, and the last one repeats.
 */
export function shownApi(people: () => readonly Shown[]): (request: ApiRequest) => ApiAnswer {
  const given = new Map<RecordedAnswer, number>();
  return (request) => {
    const { method = "GET", path, query = {}, json, form } = request;
    const asked = `${method} ${decoded(path)}`;
    const words = decoded(`${path} ${JSON.stringify([query, json ?? "", form ?? ""])}`);
    const named = people().filter(({ ids }) => ids.some((id) => words.includes(id)));
    for (const shown of named.length > 0 ? named : people()) {
      for (const { answers } of shown.chapters) {
        const fitting = answers.filter((answer) => decoded(answer.request.replace(/\?.*$/, "")) === asked);
        const [first] = fitting;
        if (!first) continue;
        const times = given.get(first) ?? 0;
        given.set(first, times + 1);
        const { status, json: body, headers = {} } = fitting[Math.min(times, fitting.length - 1)] ?? first;
        return { status, headers, json: structuredClone(body) };
      }
    }
    return { status: 404, headers: {}, json: { error: "not recorded" } };
  };
}

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
