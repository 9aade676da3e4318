import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { auth0, canAsk, fetch, type Auth0ApiSecret } from "./fetch.ts";
import type { Auth0Event } from "./split.ts";

const perPage = 100;
/** Auth0 shows no user beyond this one, whatever the pages: https://auth0.com/docs/manage-users/user-search/view-search-results-by-page */
const mostListed = 1000;

/**
 * The users of the tenant, 100 a page, blocked ones included. The list holds the first 1,000 users: of a larger tenant it is never
 * complete. https://auth0.com/docs/api/management/v2/users/get-users
 */
export const list: Listing<Auth0ApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    const page = Number(cursor ?? "0");
    // An order that stays while users are changed.
    const query = {
      page: String(page),
      per_page: String(perPage),
      include_totals: "true",
      sort: "created_at:1",
    };
    const { users, start, limit, total } = objectIn(
      await auth0.send({ path: "/api/v2/users", query }, api),
      auth0,
    );
    // A page that is not the one that was asked for would repeat for ever.
    const isPage = page === 0 || (typeof limit === "number" && start === page * limit);
    if (!Array.isArray(users) || !isPage || typeof start !== "number" || typeof total !== "number") {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.user_id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const hasNext = users.length > 0 && start + users.length < Math.min(total, mostListed);
    return {
      people,
      total,
      ...(hasNext && { next: String(page + 1) }),
      isComplete: people.length === users.length && total <= mostListed,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const user = await readPerson(auth0, subject, api);
    return user && listed(subject, user);
  },
};

function requireCredentials(secret: Auth0ApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("domain, clientId and clientSecret");
}

/** A user who was never blocked has no `blocked`. */
function listed(subject: string, user: JsonObject): ListedPerson {
  const isOpen = user.blocked === undefined || user.blocked === false;
  return {
    subject,
    type: "user.updated",
    payload: { user, isListed: true } satisfies Auth0Event,
    ...(isOpen && { isActive: true as const }),
  };
}
