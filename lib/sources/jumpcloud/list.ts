import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, jumpcloud, readUser, type JumpCloudApiSecret } from "./fetch.ts";
import type { JumpCloudEvent } from "./split.ts";

/**
 * The users of the organization, 100 a page, suspended and staged ones included. Users who were deleted are not in it.
 * https://docs.jumpcloud.com/api/1.0/index.html#operation/systemusers_list
 */
export const list: Listing<JumpCloudApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const skip = Number(cursor ?? "0");
    // An order that stays while users are changed.
    const query = { limit: "100", skip: String(skip), sort: "_id" };
    const { results, totalCount } = objectIn(
      await jumpcloud.send({ path: "/api/systemusers", query }, api),
      jumpcloud,
    );
    // Without it the last page could not be told from any other.
    if (!Array.isArray(results) || typeof totalCount !== "number") {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = results.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user._id) : undefined;
      return subject === undefined ? [] : [listed(subject, user)];
    });
    const seen = skip + results.length;
    return {
      people,
      total: totalCount,
      ...(results.length > 0 && seen < totalCount && { next: String(seen) }),
      isComplete: people.length === results.length,
    };
  },
  async person(api, subject) {
    const user = await readUser(subject, api);
    return user === undefined ? undefined : listed(subject, user);
  },
};

/** A staged user may not sign in yet. Older answers have no `state`. */
function listed(subject: string, user: unknown): ListedPerson {
  const [state, suspended] = [at(user, "state").value, at(user, "suspended").value];
  const isOpen = isEmpty(state) ? suspended === false : plainWord(state) === "activated";
  return {
    subject,
    type: "user_update",
    payload: { user, isListed: true } satisfies JumpCloudEvent,
    ...(isOpen && { isActive: true as const }),
  };
}
