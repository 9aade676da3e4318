import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { ask, fetch, readUser, type CasdoorApiSecret } from "./fetch.ts";
import type { CasdoorEvent } from "./split.ts";

const perPage = 100;

/**
 * The users of the organization, 100 a page, the oldest first; forbidden ones are in it, and so are those that were deleted softly.
 * https://github.com/casdoor/casdoor/blob/master/controllers/user.go (`GetUsers`)
 */
export const list: Listing<CasdoorApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    // The page, and how many users came before it.
    const [page = 1, before = 0] = (cursor ?? "1:0").split(":").map(Number);
    const query = {
      owner: api.secret.organization,
      p: String(page),
      pageSize: String(perPage),
      sortField: "createdTime",
      sortOrder: "ascend",
    };
    const { data, data2: total } = await ask({ path: "/api/get-users", query }, api);
    const users: unknown = data ?? [];
    // More users than are left are a page that was given before.
    if (!Array.isArray(users) || typeof total !== "number" || users.length > Math.max(0, total - before)) {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = users.flatMap((user: unknown): ListedPerson[] => {
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
    const user = await readUser(subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  const isOpen = user.isForbidden === false && user.isDeleted === false;
  return {
    subject,
    type: "update-user",
    payload: { user } satisfies CasdoorEvent,
    ...(isOpen && { isActive: true as const }),
  };
}
