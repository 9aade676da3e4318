import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";

/**
 * The `send` of a `RestApi` whose requests carry a token that the API gives for credentials. The token is obtained once for all events
 * and kept until shortly before it ends. After a 401 it is obtained anew, once for a request; a second 401 is handed over as the answer.
 *
 * @param obtain asks for a token; it throws a failure of `failures.ts` where that is refused.
 * @param authorized the request with the token in it. Default: the header `Authorization: Bearer …` (RFC 6750).
 */
export function withToken<Secret>(
  obtain: (api: SourceApi<Secret>) => Promise<{ token: string; expiresInSeconds: number }>,
  authorized: (request: ApiRequest, token: string) => ApiRequest = withBearer,
): (request: ApiRequest, api: SourceApi<Secret>) => Promise<ApiAnswer> {
  return async (request, api) => {
    const send = async () => {
      const token = await api.token(() => obtain(api));
      return api.request(authorized(request, token));
    };
    const answer = await send();
    if (answer.status !== 401) return answer;
    api.forgetToken();
    return send();
  };
}

function withBearer(request: ApiRequest, token: string): ApiRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** For how many seconds a token is said to last; 0, so that it serves one request, for what says no number. */
export function lifetimeSeconds(said: unknown): number {
  const seconds = typeof said === "string" || typeof said === "number" ? Number(said) : 0;
  return seconds > 0 && Number.isFinite(seconds) ? seconds : 0;
}
