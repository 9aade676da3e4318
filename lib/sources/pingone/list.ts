import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { cursorInLink } from "#lib/source-apis/link-header.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, pingone, readUser, usersOf, type PingOneApiSecret } from "./fetch.ts";
import type { PingOneEvent } from "./split.ts";
import { access } from "./translate.ts";

/**
 * The users of the environment that the application may see, 200 a page, disabled ones included. Users who were deleted are not in it.
 * https://developer.pingidentity.com/pingone-api/platform/users/users-1/read-all-users.html
 */
export const list: Listing<PingOneApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = { limit: "200", ...(cursor !== undefined && { cursor }) };
    const answer = objectIn(await pingone.send({ path: usersOf(api.secret), query }, api), pingone);
    const { value: users } = at(answer, "_embedded.users");
    if (!Array.isArray(users)) throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const link = at(answer, "_links.next.href").value;
    return {
      people,
      ...(!isEmpty(link) && { next: cursorInLink(link, "cursor") }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    const user = await readUser(subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  const payload = { result: "SUCCESS", user, isListed: true } satisfies PingOneEvent;
  return { subject, type: "USER.UPDATED", payload, ...(isOpen(access(user)) && { isActive: true as const }) };
}
