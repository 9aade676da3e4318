import type { RecordedAnswer } from "./fixtures.ts";
import { serve } from "./server.ts";

/** Longer than any request that a source makes. */
const maxRequestBytes = 64 * 1024;

interface Recording {
  readonly answers: readonly RecordedAnswer[];
}

export interface RecordedApi {
  /** `http://127.0.0.1:<port>`: what goes into a secret as `apiHost`. */
  readonly url: string;
  /** What was asked, `GET /path`, in order, and whether there was an answer to it. */
  readonly requests: readonly { readonly request: string; readonly known: boolean }[];
  /** From now on what was recorded with this case is answered, from its first answer on. */
  play(recording: Recording): void;
  close(): Promise<void>;
}

/**
 * The APIs of sources on a laptop: answers by method and path what was recorded, whatever the query. Several answers to one
 * request come in order, the last one again and again. Where two recordings answer the same, the first one counts, until
 * another is played. Whatever was not recorded gets a 404 in JSON.
 */
export async function startRecordedApi(recordings: readonly Recording[]): Promise<RecordedApi> {
  const waiting = new Map<string, RecordedAnswer[]>();
  const requests: { request: string; known: boolean }[] = [];

  function play({ answers }: Recording): void {
    for (const [request, list] of Object.entries(
      Object.groupBy(answers, ({ request }) => withoutQuery(request)),
    )) {
      waiting.set(request, [...(list ?? [])]);
    }
  }
  for (const recording of recordings.toReversed()) play(recording);

  const server = await serve(
    0,
    () => maxRequestBytes,
    async ({ method, url }) => {
      const request = `${method} ${url.pathname}`;
      const list = waiting.get(request) ?? [];
      const answer = list.length > 1 ? list.shift() : list[0];
      requests.push({ request, known: answer !== undefined });
      if (!answer) return { status: 404, body: { error: "not recorded", request } };
      const { status, headers = {}, json } = answer;
      return {
        status,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(json),
      };
    },
  );

  return { url: `http://127.0.0.1:${server.port}`, requests, play, close: () => server.close() };
}

function withoutQuery(request: string): string {
  return request.replace(/\?.*$/, "");
}
