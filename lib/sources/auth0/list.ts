import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { auth0, canAsk, fetch, type Auth0ApiSecret } from "./fetch.ts";
import type { Auth0Event } from "./split.ts";

const perPage = 100;
/** Auth0 shows no user beyond this one of a search, whatever the pages: https://auth0.com/docs/manage-users/user-search/view-search-results-by-page */
const mostFound = 1000;
const day = 24 * 60 * 60 * 1000;

/** Where the list goes on: a page of the users who were created between two moments, in milliseconds since 1970, both included. */
interface Place {
  readonly from: number;
  readonly to: number;
  /** The last moment of the last search. */
  readonly end: number;
  readonly page: number;
  /** Users of the searches before this one. */
  readonly before: number;
}

/**
 * The users of the tenant, 100 a page, blocked ones included, in the order of their creation. Auth0 finds at most 1,000 users a search, so that the
 * list is read in windows of `created_at`: one that has as many is halved. Of more than 1,000 users of the same millisecond the rest is not in it,
 * and the list is not complete.
 * https://auth0.com/docs/api/management/v2/users/get-users, https://auth0.com/docs/manage-users/user-search/user-search-query-syntax
 */
export const list: Listing<Auth0ApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    const place = cursor === undefined ? startOf(api.now()) : placeOf(cursor);
    const { from, to, page } = place;
    const { users, total, end } = await search(place, api);
    const isTooLarge = total >= mostFound;
    if (isTooLarge && page === 0 && from < to) {
      return { people: [], next: cursorOf({ ...place, to: Math.floor((from + to) / 2) }), isComplete: true };
    }
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.user_id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const hasMore = users.length > 0 && end < Math.min(total, mostFound);
    const next = hasMore ? { ...place, page: page + 1 } : windowAfter(place, total);
    return {
      people,
      total: place.before + total,
      ...(next && { next: cursorOf(next) }),
      isComplete: people.length === users.length && !isTooLarge,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const user = await readPerson(auth0, subject, api);
    return user && listed(subject, user);
  },
};

/** One search for everybody: enough for most tenants. It ends later than now, since Auth0's clock may be ahead. */
function startOf(now: number): Place {
  const end = Math.floor(now) + day;
  return { from: 0, to: end, end, page: 0, before: 0 };
}

/** Twice as wide as the window that was read: a wider one than fits is halved again. */
function windowAfter({ from, to, end, before }: Place, total: number): Place | undefined {
  if (to >= end) return undefined;
  const next = to + 1;
  return { from: next, to: Math.min(end, next + 2 * (to - from + 1)), end, page: 0, before: before + total };
}

/** A page of users, how many the search finds, and how many of them are read after this page. */
async function search(
  { from, to, page }: Place,
  api: SourceApi<Auth0ApiSecret>,
): Promise<{ users: readonly unknown[]; total: number; end: number }> {
  const query = {
    q: `created_at:[${new Date(from).toISOString()} TO ${new Date(to).toISOString()}]`,
    search_engine: "v3",
    page: String(page),
    per_page: String(perPage),
    include_totals: "true",
    // An order that stays while users are changed.
    sort: "created_at:1",
  };
  const answer = objectIn(await auth0.send({ path: "/api/v2/users", query }, api), auth0);
  const { users, start, limit, total } = answer;
  // A page that is not the one that was asked for would repeat for ever.
  const isPage = page === 0 || (typeof limit === "number" && start === page * limit);
  if (!Array.isArray(users) || !isPage || typeof start !== "number" || typeof total !== "number") {
    throw sourceFailure("source-answer-unexpected");
  }
  const end = start + users.length;
  // A search that finds others, or more than it says, has not understood the question.
  const areFound = users.every((user) => !isJsonObject(user) || isBetween(from, user.created_at, to));
  if ((users.length > 0 && end > total) || !areFound) throw sourceFailure("source-answer-unexpected");
  return { users, total, end };
}

function isBetween(from: number, moment: unknown, to: number): boolean {
  const milliseconds = typeof moment === "string" ? Date.parse(moment) : Number.NaN;
  return from <= milliseconds && milliseconds <= to;
}

const cursorOf = ({ from, to, end, page, before }: Place): string => [from, to, end, page, before].join(".");

/** Reads a cursor that was written here. */
function placeOf(cursor: string): Place {
  if (!/^\d{1,15}(?:\.\d{1,15}){4}$/.test(cursor)) {
    throw new InboundError("malformed", "list-cursor-unreadable");
  }
  const [from = 0, to = 0, end = 0, page = 0, before = 0] = cursor.split(".").map(Number);
  return { from, to, end, page, before };
}

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
