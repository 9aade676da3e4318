import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { linkParameter } from "#lib/source-apis/link-header.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { fetch, kratos, type KratosApiSecret } from "./fetch.ts";
import type { KratosEvent } from "./split.ts";
import { access } from "./translate.ts";

const perPage = "250";

/**
 * All identities, 250 a page, inactive ones included. Kratos says no total.
 * https://www.ory.com/docs/kratos/reference/api#tag/identity/operation/listIdentities
 */
export const list: Listing<KratosApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = { page_size: perPage, ...(cursor !== undefined && { page_token: cursor }) };
    const answer = await kratos.send({ path: "/admin/identities", query }, api);
    const identities = listIn(answer, kratos);
    const next = linkParameter(answer.headers.link, "next", "page_token");
    // A version that counts pages would give the first one for ever.
    if (next === "") throw sourceFailure("source-answer-unexpected");
    const people = identities.flatMap((identity): ListedPerson[] => {
      const subject = isJsonObject(identity) ? readId(identity.id) : undefined;
      return subject === undefined || !isJsonObject(identity) ? [] : [listed(subject, identity)];
    });
    return { people, ...(next !== undefined && { next }), isComplete: people.length === identities.length };
  },
  async person(api, subject) {
    const identity = await readPerson(kratos, subject, api);
    return identity && listed(subject, identity);
  },
};

function listed(subject: string, identity: JsonObject): ListedPerson {
  return {
    subject,
    type: "identity.updated",
    payload: { identity } satisfies KratosEvent,
    ...(isOpen(access(identity)) && { isActive: true as const }),
  };
}
