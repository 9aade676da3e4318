import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, logto, type LogtoApiSecret } from "./fetch.ts";
import type { LogtoEvent } from "./split.ts";
import { access } from "./translate.ts";

const perPage = 100;

/**
 * The users of the tenant, 100 a page, suspended ones included; only deleted ones are not in it.
 * https://openapi.logto.io/operation/operation-listusers
 */
export const list: Listing<LogtoApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    // The page, and how many users came before it.
    const [page = 1, before = 0] = (cursor ?? "1:0").split(":").map(Number);
    const query = { page: String(page), page_size: String(perPage) };
    const answer = await logto.send({ path: "/api/users", query }, api);
    const users = listIn(answer, logto);
    const total = Number(answer.headers["total-number"] ?? "");
    // More users than are left are a page that was given before.
    const isPage = answer.headers["total-number"] !== undefined && Number.isSafeInteger(total);
    if (!isPage || users.length > Math.max(0, total - before))
      throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const seen = before + users.length;
    return {
      people,
      total,
      ...(users.length > 0 && seen < total && { next: `${page + 1}:${seen}` }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const user = await readPerson(logto, subject, api);
    return user && listed(subject, user);
  },
};

function requireCredentials(secret: LogtoApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("domain, appId and appSecret");
}

function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "User.Data.Updated",
    payload: { user, isWhole: true } satisfies LogtoEvent,
    ...(isOpen(access(user)) && { isActive: true as const }),
  };
}
