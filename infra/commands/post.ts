import type { Fixture } from "#infra/fixtures/cases.ts";
import { addressOf, sentBody, type WireRequest } from "#infra/fixtures/requests.ts";

/** Names the case of a request, so that a stack on a laptop answers what was recorded with it. */
export const caseHeader = "x-recorded-case";

/** Sends what a sender would send to a source's webhook. `undefined` when there is no answer. */
export async function postRequest(
  url: string,
  { source, name }: Pick<Fixture, "source" | "name">,
  request: WireRequest,
): Promise<Response | undefined> {
  return fetch(addressOf(`${url}/webhooks/${source}`, request), {
    ...sentBody(request),
    headers: { ...request.headers, [caseHeader]: name },
  }).catch(() => undefined);
}
