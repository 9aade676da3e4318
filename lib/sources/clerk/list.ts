import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, objectIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";

interface ClerkApiSecret {
  readonly secretKey?: string;
  readonly apiHost?: string;
}

/** https://clerk.com/docs/reference/backend-api/tag/users */
const clerk: RestPerson<ClerkApiSecret> = {
  send(request, api) {
    const { secretKey = "" } = api.secret;
    if (secretKey === "") throw credentialsMissing("secretKey (sk_…)");
    return api.request({ ...request, headers: { authorization: `Bearer ${secretKey}` } });
  },
  request: (id) => ({ path: `/v1/users/${encodeURIComponent(id)}` }),
  idPath: "id",
  // https://clerk.com/docs/guides/development/errors/backend-api
  isUnknown: ({ status, json }) =>
    status === 404 && at(json, "errors[0].code").value === "resource_not_found",
  hints: {
    "source-credentials-refused": "store the secret key of this instance: each instance of Clerk has its own",
  },
};

/**
 * The users of the instance, 500 a page, the oldest first, so that users who come meanwhile are at its end. Clerk keeps no person who
 * has left: users are banned or deleted. https://clerk.com/docs/reference/backend-api/tag/users/get/users
 */
export const list: Listing<ClerkApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.clerk.com" }),
  async page(api, cursor = "0") {
    // Behind the offset, the first user of the page before.
    const [offset = "0", ...before] = cursor.split(" ");
    const query = { limit: "500", offset, order_by: "+created_at" };
    const users = listIn(await clerk.send({ path: "/v1/users", query }, api), clerk);
    // Clerk gives no cursor: the last page is the one that has no users.
    if (users.length === 0) return { people: [], total: await countOf(api), isComplete: true };
    const people = users.flatMap((user): ListedPerson[] => {
      const id = isJsonObject(user) ? readId(user.id) : undefined;
      return id === undefined ? [] : [{ subject: id, type: "user.updated", payload: user }];
    });
    const [first] = people;
    // Nothing would tell such a page from the one before.
    if (!first) throw sourceFailure("source-answer-unexpected");
    // An offset that is not heeded would give the same page for ever.
    if (first.subject === before.join(" ")) throw new InboundError("unavailable", "source-list-endless");
    const next = `${Number(offset) + users.length} ${first.subject}`;
    return { people, next, isComplete: people.length === users.length };
  },
  async person(api, id) {
    const user = await readPerson(clerk, id, api);
    return user && { subject: id, type: "user.updated", payload: user };
  },
};

async function countOf(api: SourceApi<ClerkApiSecret>): Promise<number> {
  const { total_count: total } = objectIn(await clerk.send({ path: "/v1/users/count" }, api), clerk);
  if (typeof total === "number") return total;
  throw sourceFailure("source-answer-unexpected");
}
