import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing } from "#lib/source-apis/failures.ts";
import { cursorInLink } from "#lib/source-apis/link-header.ts";
import { canAsk, fetch, readUser, recordsOf, type SuccessFactorsApiSecret } from "./fetch.ts";
import { isActive } from "./translate.ts";

/**
 * The users of the company, 200 a page, the inactive ones included, which SuccessFactors leaves out unless it is asked for them. External users are not
 * in it: those of 360 reviews (`T`, `F`), of Onboarding and Learning (`e`, `d`). The pages are of one moment (`snapshot`), and have no total.
 * https://userapps.support.sap.com/sap/support/knowledge/en/2723468
 */
export const list: Listing<SuccessFactorsApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    const query = {
      $filter: "status in 't','f'",
      paging: "snapshot",
      customPageSize: "200",
      ...(cursor !== undefined && { $skiptoken: cursor }),
    };
    const { records, next } = await recordsOf("User", query, api);
    const people = records.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user["userId"]) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    return {
      people,
      ...(!isEmpty(next) && { next: cursorInLink(next, "$skiptoken") }),
      isComplete: people.length === records.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    return listed(subject, await readUser(subject, api));
  },
};

function requireCredentials(secret: SuccessFactorsApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("apiHost, companyId, apiKey, apiUser and privateKey");
}

function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "employee-changed",
    payload: user,
    ...(isActive(user) && { isActive: true as const }),
  };
}
