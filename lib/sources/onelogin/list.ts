import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { listIn } from "#lib/source-apis/rest-api.ts";
import { fetch, onelogin, readUser, type OneLoginApiSecret } from "./fetch.ts";
import type { OneLoginEvent } from "./split.ts";
import { access } from "./translate.ts";

/** OneLogin's list shows some fields unless it is told which. */
const fields = [
  "id",
  "email",
  "username",
  "firstname",
  "lastname",
  "phone",
  "company",
  "department",
  "title",
  "external_id",
  "preferred_locale_code",
  "status",
  "custom_attributes",
].join(",");

/**
 * The users of the account, 50 a page, unactivated and suspended ones included. Users who were deleted are not in it.
 * https://developers.onelogin.com/api-docs/2/users/list-users
 */
export const list: Listing<OneLoginApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = { limit: "50", fields, ...(cursor !== undefined && { cursor }) };
    const answer = await onelogin.send({ path: "/api/2/users", query }, api);
    const users = listIn(answer, onelogin);
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const next = answer.headers["after-cursor"] ?? "";
    return { people, ...(next !== "" && { next }), isComplete: people.length === users.length };
  },
  async person(api, subject) {
    const user = await readUser(subject, api);
    return user && listed(subject, user);
  },
};

/** 14 is OneLogin's number for a user who was changed. */
function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "14",
    payload: { user, isListed: true } satisfies OneLoginEvent,
    ...(isOpen(access(user)) && { isActive: true as const }),
  };
}
