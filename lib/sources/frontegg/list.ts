import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, frontegg, notShown, type FronteggApiSecret } from "./fetch.ts";
import type { FronteggEvent } from "./split.ts";

/**
 * The users of the environment, of all tenants, 200 a page. Users who were deleted are not in it.
 * https://developers.frontegg.com/api/identity/users
 */
export const list: Listing<FronteggApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    // Pages, not users.
    const page = Number(cursor ?? "0");
    const query = { _limit: "200", _offset: String(page), _sortBy: "createdAt", _order: "ASC" };
    const answer = objectIn(
      await frontegg.send({ path: "/identity/resources/users/v3", query }, api),
      frontegg,
    );
    const { items: users } = answer;
    const { value: pages } = at(answer, "_metadata.totalPages");
    const { value: total } = at(answer, "_metadata.totalItems");
    // Without it the last page could not be told from any other.
    if (!Array.isArray(users) || typeof pages !== "number") throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    return {
      people,
      ...(typeof total === "number" && { total }),
      ...(page + 1 < pages && users.length > 0 && { next: String(page + 1) }),
      isComplete: people.length === users.length,
    };
  },
  provesNoDeparture: true,
  async person(api, subject) {
    requireCredentials(api.secret);
    const user = await readPerson(frontegg, subject, api);
    if (!user) throw notShown();
    return listed(subject, user);
  },
};

function requireCredentials(secret: FronteggApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("clientId and apiKey");
}

/** Whatever locks a user, one who is not locked is open. */
function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "frontegg.user.updated",
    payload: { user } satisfies FronteggEvent,
    ...(user.isLocked === false && { isActive: true as const }),
  };
}
