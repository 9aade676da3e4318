import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { cursorInLink } from "#lib/source-apis/link-header.ts";
import { objectIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { fetch, graph, properties, type GraphApiSecret } from "./fetch.ts";
import type { GraphEvent } from "./split.ts";
import { access } from "./translate.ts";

/**
 * The users of the tenant, 999 a page, guests and disabled users included. Deleted users are not in it.
 * https://learn.microsoft.com/en-us/graph/api/user-list
 */
export const list: Listing<GraphApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = {
      $select: properties,
      $top: "999",
      ...(cursor !== undefined && { $skiptoken: cursor }),
    };
    const answer = objectIn(await graph.send({ path: "/v1.0/users", query }, api), graph);
    const { value: users, "@odata.nextLink": link } = answer;
    if (!Array.isArray(users)) throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const next = isEmpty(link) ? undefined : cursorInLink(link, "$skiptoken");
    return { people, ...(next !== undefined && { next }), isComplete: people.length === users.length };
  },
  async person(api, subject) {
    const user = await readPerson(graph, subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "user.updated",
    payload: { user, isListed: true } satisfies GraphEvent,
    ...(isOpen(access(user)) && { isActive: true as const }),
  };
}
