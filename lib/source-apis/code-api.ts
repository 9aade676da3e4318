import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { failureOf, sourceFailure, type FailureHints, type SourceFailure } from "./failures.ts";
import { refuseAnother } from "./people.ts";

// How an API is read that says with a code in the body what became of a request, whatever HTTP's status is, and that wants
// a token which is obtained with the app's credentials: DingTalk, WeCom, Feishu.

/** What a code means. */
type CodeMeaning =
  | SourceFailure
  /** A new token helps, once. */
  | "token-refused"
  /** There is no person of this id, or not yet, or the app may not see the person. */
  | "person-unknown"
  /** No person can have such an id: a retry does not help. */
  | "id-invalid";

/** What is the vendor's own about such an API. */
export interface CodeApi<Secret> {
  /** The code of an answer as text; `undefined` for an answer that has none. `0` is success. */
  codeOf(answer: JsonObject): string | undefined;
  /** Code → its meaning, as the vendor documents it. */
  readonly meanings: Readonly<Record<string, CodeMeaning>>;
  /** What any other code means. Default `source-answer-unexpected`. */
  readonly otherwise?: CodeMeaning;
  readonly token: {
    request(secret: Secret): ApiRequest;
    /** Paths in the answer: of the token, and of the seconds until it ends. */
    readonly field: string;
    readonly secondsField: string;
  };
  /** The request with the token in it. */
  authorized(request: ApiRequest, token: string): ApiRequest;
  /** What the operator does about a failure that the operator can mend. */
  readonly hints?: FailureHints;
}

/** How one person is read. */
export interface CodePerson<Secret> extends CodeApi<Secret> {
  /** The request for the person of this id, without the token. */
  request(id: string): ApiRequest;
  /** The path in the answer of the person; empty where the answer is the person. */
  readonly personPath: string;
  /** The path in the person of the id that the answer is about. */
  readonly idPath: string;
  /** Whether ids that differ only in letter case are the same. Default no. */
  readonly ignoresCase?: boolean;
}

/**
 * Reads one person, with a token, and with a new one where the first is refused.
 *
 * | answer                                | result                                                      |
 * | ------------------------------------- | ----------------------------------------------------------- |
 * | code 0, about this person             | the person                                                  |
 * | code 0, about another person          | `malformed` `person-is-another`                             |
 * | a code that means `person-unknown`    | `undefined`                                                 |
 * | a code that means `id-invalid`        | `malformed` `id-invalid`                                    |
 * | a code that means a failure           | that failure                                                |
 * | a token that was just given, refused  | `misconfigured` `source-credentials-refused`                |
 * | no code, 3xx or 404                   | `misconfigured` `source-host-wrong`                         |
 * | no code, anything else                | `unavailable` `source-answer-unexpected`                    |
 */
export async function readPerson<Secret>(
  code: CodePerson<Secret>,
  id: string,
  api: SourceApi<Secret>,
): Promise<JsonObject | undefined> {
  const answer = await ask(code, code.request(id), api);
  if (!answer) return undefined;
  const { value: person } = at(answer, code.personPath);
  if (!isJsonObject(person)) throw sourceFailure("source-answer-unexpected");
  const { value: answered } = at(person, code.idPath);
  const comparable = (text: unknown) =>
    code.ignoresCase && typeof text === "string" ? text.toLowerCase() : text;
  refuseAnother(comparable(id) as string, comparable(answered), code.idPath);
  return person;
}

/**
 * The answer to a request that is about no single person: a page of a list. Whatever would mean of a person that there is none is
 * a failure here.
 */
export async function answerTo<Secret>(
  code: CodeApi<Secret>,
  request: ApiRequest,
  api: SourceApi<Secret>,
): Promise<JsonObject> {
  const { meanings, otherwise } = code;
  const listed: CodeApi<Secret> = {
    ...code,
    meanings: Object.fromEntries(Object.entries(meanings).map(([each, meaning]) => [each, ofList(meaning)])),
    otherwise: ofList(otherwise ?? "source-answer-unexpected"),
  };
  return (await ask(listed, request, api)) ?? {};
}

const ofList = (meaning: CodeMeaning): CodeMeaning =>
  meaning === "person-unknown" || meaning === "id-invalid" ? "source-answer-unexpected" : meaning;

/** The answer to a request, as `readPerson` reads it: `undefined` for a code that means `person-unknown`. */
export async function ask<Secret>(
  code: CodeApi<Secret>,
  request: ApiRequest,
  api: SourceApi<Secret>,
): Promise<JsonObject | undefined> {
  for (let isRepeated = false; ; isRepeated = true) {
    const token = await api.token(() => obtainToken(code, api));
    const { answer, meaning } = read(await api.request(code.authorized(request, token)), code);
    if (meaning === undefined) return answer;
    if (meaning === "person-unknown") return undefined;
    if (meaning === "id-invalid") throw new InboundError("malformed", meaning);
    if (meaning !== "token-refused") throw sourceFailure(meaning, code.hints);
    // A token may have ended early, or with a secret that was rotated: one new token shows whether it was that.
    if (isRepeated) throw sourceFailure("source-credentials-refused", code.hints);
    api.forgetToken();
  }
}

async function obtainToken<Secret>(code: CodeApi<Secret>, api: SourceApi<Secret>) {
  const { answer, meaning } = read(await api.request(code.token.request(api.secret)), code);
  // A request that names no person and carries no token can be refused for its credentials only.
  if (meaning === "person-unknown" || meaning === "id-invalid" || meaning === "token-refused") {
    throw sourceFailure("source-credentials-refused", code.hints);
  }
  if (meaning) throw sourceFailure(meaning, code.hints);
  const token = at(answer, code.token.field).value;
  const seconds = at(answer, code.token.secondsField).value;
  if (typeof token !== "string" || token === "") throw sourceFailure("source-answer-unexpected");
  return { token, expiresInSeconds: typeof seconds === "number" ? seconds : 0 };
}

function read(
  answer: ApiAnswer,
  { codeOf, meanings, otherwise = "source-answer-unexpected" }: CodeApi<never>,
): { answer: JsonObject; meaning: CodeMeaning | undefined } {
  const { json } = answer;
  const code = isJsonObject(json) ? codeOf(json) : undefined;
  if (code === undefined || !isJsonObject(json)) return { answer: {}, meaning: failureWithoutCode(answer) };
  if (code === "0") return { answer: json, meaning: undefined };
  return { answer: json, meaning: Object.hasOwn(meanings, code) ? meanings[code] : otherwise };
}

/** These APIs answer a refusal with a code: a 403 without a code is the page of a proxy in between, e.g. of DingTalk's firewall. */
function failureWithoutCode(answer: ApiAnswer): SourceFailure {
  const failure = failureOf(answer);
  return failure === "source-credentials-refused" ? "source-answer-unexpected" : failure;
}

/** The dialect that DingTalk and WeCom share: `errcode` in the body, the token in the query. */
export const errcodeDialect = {
  codeOf(answer) {
    // Behind DingTalk's 88 the reason is in `sub_code`, as text.
    return readId(answer.errcode === 88 ? answer.sub_code : answer.errcode);
  },
  authorized: (request, token) => ({ ...request, query: { ...request.query, access_token: token } }),
} satisfies Pick<CodeApi<unknown>, "codeOf" | "authorized">;
