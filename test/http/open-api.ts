import type { SourceApi } from "#lib/contract/source-api.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { virtualClock } from "./server.ts";

/** The secret of the source in these tests: the address of its API. */
export interface ApiSecret {
  readonly apiHost: string;
}

/** A source with one host. */
export const definition = { hosts: ({ apiHost }: ApiSecret) => ({ api: apiHost }) };

/** One hour in milliseconds: longer than any wait in these tests. */
export const oneHour = 60 * 60_000;

/** Opens the source's API as the worker does. `milliseconds`: how long it may be used, by `clock`. */
export function open(apiHost: string, clock = virtualClock(), milliseconds = oneHour): SourceApi<ApiSecret> {
  return sourceApis(clock)(definition, { apiHost }, clock.now() + milliseconds);
}
