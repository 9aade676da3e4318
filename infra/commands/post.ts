import type { Fixture, WireRequest } from "#infra/fixtures/cases.ts";

/** Names the case of a request, so that a stack on a laptop answers what was recorded with it. */
export const caseHeader = "x-recorded-case";

/** Sends what a sender would send to a source's webhook. `undefined` when nobody answers there. */
export async function postRequest(
  url: string,
  { source, name }: Pick<Fixture, "source" | "name">,
  { method, headers, query, body }: WireRequest,
): Promise<Response | undefined> {
  const target = new URL(`/webhooks/${source}`, url);
  target.search = new URLSearchParams(query).toString();
  return fetch(target, {
    method,
    headers: { ...headers, [caseHeader]: name },
    ...(method !== "GET" && { body: body as Uint8Array<ArrayBuffer> }),
  }).catch(() => undefined);
}
