import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { fetch, google, type GoogleApiSecret } from "./fetch.ts";
import type { GoogleEvent } from "./split.ts";

/**
 * The users of the customer, of all its domains, 500 a page, suspended and archived ones included. Users who were deleted are not in it:
 * Google lists them apart, for 20 days.
 * https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list
 */
export const list: Listing<GoogleApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = {
      customer: "my_customer",
      maxResults: "500",
      orderBy: "email",
      projection: "full",
      ...(cursor !== undefined && { pageToken: cursor }),
    };
    const answer = objectIn(await google.send({ path: "/admin/directory/v1/users", query }, api), google);
    // Google leaves out lists that are empty.
    const { kind, users = [], nextPageToken: next } = answer;
    if (kind !== "admin#directory#users" || !Array.isArray(users)) {
      throw sourceFailure("source-answer-unexpected");
    }
    if (!isEmpty(next) && typeof next !== "string") throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    return {
      people,
      ...(typeof next === "string" && next !== "" && { next }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    const user = await readPerson(google, subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  const isOpen = user.suspended === false && user.archived === false;
  return {
    subject,
    type: "update",
    payload: { user, isListed: true } satisfies GoogleEvent,
    ...(isOpen && { isActive: true as const }),
  };
}
