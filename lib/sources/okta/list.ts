import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { linkParameter } from "#lib/source-apis/link-header.ts";
import { listIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { fetch, okta, type OktaApiSecret } from "./fetch.ts";
import type { OktaEvent } from "./split.ts";
import { access } from "./translate.ts";

/**
 * The users of the organization, 200 a page. Okta's list does not hold users who are deactivated (`DEPROVISIONED`) or deleted, and
 * has no
 * total. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/listUsers
 */
export const list: Listing<OktaApiSecret> = {
  hosts: fetch.hosts,
  async page(api, after) {
    const query = { limit: "200", ...(after !== undefined && { after }) };
    const answer = await okta.send({ path: "/api/v1/users", query }, api);
    const users = listIn(answer, okta);
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const next = linkParameter(answer.headers.link, "next", "after");
    // A next page that cannot be asked for would be taken for the end of the list.
    if (next === "") throw sourceFailure("source-answer-unexpected");
    return { people, ...(next !== undefined && { next }), isComplete: people.length === users.length };
  },
  async person(api, subject) {
    const user = await readPerson(okta, subject, api);
    return user && listed(subject, user);
  },
};

function listed(subject: string, user: JsonObject): ListedPerson {
  const payload = { result: "SUCCESS", user } satisfies OktaEvent;
  return {
    subject,
    type: "user.account.update_profile",
    payload,
    ...(isOpen(access(user)) && { isActive: true as const }),
  };
}
