import { at } from "#lib/fields/read.ts";
import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, readUser, zitadel, type ZitadelApiSecret } from "./fetch.ts";
import type { ZitadelEvent } from "./split.ts";
import { access } from "./translate.ts";

const perPage = 100;

/**
 * The human users that the token may see, 100 a page, deactivated ones included; only removed ones are not in it.
 * https://zitadel.com/docs/apis/resources/user_service_v2/user-service-list-users
 */
export const list: Listing<ZitadelApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const offset = Number(cursor ?? "0");
    const json = {
      // An order that stays while users are changed.
      query: { offset: String(offset), limit: perPage, asc: true },
      sortingColumn: "USER_FIELD_NAME_CREATION_DATE",
      queries: [{ typeQuery: { type: "TYPE_HUMAN" } }],
    };
    const answer = objectIn(await zitadel.send({ method: "POST", path: "/v2/users", json }, api), zitadel);
    const { result: users = [], details } = answer;
    const total = Number(readId(at(details, "totalResult").value) ?? "0");
    // An empty list has neither users nor a total, and a list without its details would be taken for one. More users than are left are a
    // page that was given before.
    const isPage = Array.isArray(users) && isJsonObject(details) && Number.isSafeInteger(total);
    if (!isPage || users.length > Math.max(0, total - offset)) {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.userId) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const hasNext = users.length > 0 && offset + users.length < total;
    return {
      people,
      total,
      ...(hasNext && { next: String(offset + users.length) }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    const user = await readUser(subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "user.human.profile.changed",
    payload: { user } satisfies ZitadelEvent,
    ...(isJsonObject(user.human) && isOpen(access(user)) && { isActive: true as const }),
  };
}
