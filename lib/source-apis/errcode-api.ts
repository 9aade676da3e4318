import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, ApiRequest, SourceApi, SourceEvent } from "#lib/contract/source.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";

// How the APIs of DingTalk and WeCom are asked, which are alike: a token in the query, HTTP 200 whatever happens, and an
// `errcode` that says what did.

/** What a code means for us. */
type Meaning =
  /** Another token helps, once. */
  | "token-refused"
  /** Nobody has this id, or not yet. */
  | "person-unknown"
  | "source-busy"
  | "credentials-refused"
  | "permission-missing"
  | "address-not-allowed";

export interface ErrcodeApi<Secret> {
  /** How a token is asked for. */
  token(secret: Secret): ApiRequest;
  /** Code → its meaning. What is not here is `source-refuses`, and tried again. */
  readonly meanings: Readonly<Record<string, Meaning>>;
}

/** For how long somebody whom the API does not show may still turn up, in milliseconds: events outrun what it shows. */
const turnsUpWithin = 10 * 60_000;

const hints: Readonly<Partial<Record<Meaning, string>>> = {
  "credentials-refused": "compare the app's id and secret in this source's secret with the vendor's screen",
  "permission-missing":
    "give the app the permissions and the range of contacts that the source's README names",
  "address-not-allowed": "add the addresses that this function calls from to the app's allowed ones",
};

/**
 * Asks with a token, and with a new one where the first is refused. `undefined` for a person whom the API does not know.
 * Throws `unavailable` and `misconfigured` for everything that somebody may mend.
 */
export async function ask<Secret>(
  { token, meanings }: ErrcodeApi<Secret>,
  request: ApiRequest,
  api: SourceApi<Secret>,
): Promise<JsonObject | undefined> {
  const obtain = async () => {
    const { answer, meaning } = read(await api.request(token(api.secret)), meanings);
    if (meaning) throw refusal(meaning);
    const { access_token: value, expires_in: expiresInSeconds } = answer;
    if (typeof value !== "string" || value === "") throw refusal("source-refuses");
    return { token: value, expiresInSeconds: typeof expiresInSeconds === "number" ? expiresInSeconds : 0 };
  };
  for (let round = 0; ; round += 1) {
    const query = { ...request.query, access_token: await api.token(obtain) };
    const { answer, meaning } = read(await api.request({ ...request, query }), meanings);
    if (meaning === undefined) return answer;
    if (meaning === "person-unknown") return undefined;
    if (meaning !== "token-refused" || round > 0) throw refusal(meaning);
    api.forgetToken();
  }
}

/** Throws `unavailable` while somebody whom the API does not know may still turn up; afterwards they are gone. */
export function waitForPerson({ occurredAt }: SourceEvent, now: number): void {
  if (now - Date.parse(occurredAt) < turnsUpWithin) {
    throw new InboundError("unavailable", "person-not-visible-yet");
  }
}

function read(
  { json }: ApiAnswer,
  meanings: ErrcodeApi<never>["meanings"],
): { answer: JsonObject; meaning: Meaning | "source-refuses" | undefined } {
  // DingTalk answers with a page or another shape when it has enough of an address.
  if (!isJsonObject(json)) return { answer: {}, meaning: "source-busy" };
  // Behind DingTalk's 88 the reason stands in `sub_code`, as text.
  const code = readId(json.errcode === 88 ? json.sub_code : json.errcode) ?? "";
  if (code === "0") return { answer: json, meaning: undefined };
  return { answer: json, meaning: Object.hasOwn(meanings, code) ? meanings[code] : "source-refuses" };
}

function refusal(meaning: Meaning | "source-refuses"): InboundError {
  if (meaning === "source-busy" || meaning === "source-refuses" || meaning === "token-refused") {
    return new InboundError("unavailable", meaning);
  }
  const hint = hints[meaning];
  return new InboundError("misconfigured", meaning, hint === undefined ? {} : { hint });
}
