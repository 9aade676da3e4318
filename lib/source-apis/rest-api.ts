import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { failureOf, sourceFailure, type FailureHints } from "./failures.ts";
import { refuseAnother } from "./people.ts";

// How an API is read that says with HTTP's own status what became of a request.

/** What is the vendor's own about such an API. */
export interface RestApi<Secret> {
  /** Adds the credentials and sends: `clientCredentials(…)`, or a function that adds a header. */
  send(request: ApiRequest, api: SourceApi<Secret>): Promise<ApiAnswer>;
  /** What the operator does about a failure that the operator can mend. */
  readonly hints?: FailureHints;
}

/** How one person is read. */
export interface RestPerson<Secret> extends RestApi<Secret> {
  /** The request for the person of this id. Ids in its path are percent-encoded. */
  request(id: string): ApiRequest;
  /** The path in the answer of the id that the answer is about. */
  readonly idPath: string;
  /**
   * Whether this is how the vendor documents "there is no such person": by a code in the body or a header of its own. The
   * status alone is not enough, since every host that is not the vendor's answers 404 too.
   */
  isUnknown(answer: ApiAnswer): boolean;
}

/**
 * Reads one person.
 *
 * | answer                                           | result                                              |
 * | ------------------------------------------------ | --------------------------------------------------- |
 * | 200 with a JSON object about this person         | the object                                          |
 * | 200 about another person                         | `malformed` `person-is-another`                     |
 * | the vendor's "there is no such person"           | `undefined`                                         |
 * | 401, 403                                         | `misconfigured` `source-credentials-refused`        |
 * | 3xx, any other 404                               | `misconfigured` `source-host-wrong`                 |
 * | 429, 5xx                                         | waited out by the transport, or `unavailable`       |
 * | anything else                                    | `unavailable` `source-answer-unexpected`            |
 */
export async function readPerson<Secret>(
  rest: RestPerson<Secret>,
  id: string,
  api: SourceApi<Secret>,
): Promise<JsonObject | undefined> {
  const answer = await rest.send(rest.request(id), api);
  if (rest.isUnknown(answer)) return undefined;
  const person = objectIn(answer, rest);
  refuseAnother(id, at(person, rest.idPath).value, rest.idPath);
  return person;
}

/** The JSON object of a 200; every other answer is thrown as the table above says. */
export function objectIn(answer: ApiAnswer, { hints }: Pick<RestApi<never>, "hints">): JsonObject {
  if (answer.status === 200 && isJsonObject(answer.json)) return answer.json;
  throw sourceFailure(failureOf(answer), hints);
}

/** The JSON list of a 200; every other answer is thrown as the table above says. */
export function listIn(answer: ApiAnswer, { hints }: Pick<RestApi<never>, "hints">): readonly unknown[] {
  if (answer.status === 200 && Array.isArray(answer.json)) return answer.json;
  throw sourceFailure(failureOf(answer), hints);
}
