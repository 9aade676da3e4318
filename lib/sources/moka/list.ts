import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { canAsk, employees, fetch, readEmployee, type FetchedEmployee, type MokaApiSecret } from "./fetch.ts";
import { access } from "./translate.ts";

/** The most that Moka gives in a page. */
const pageSize = 200;

/**
 * The employees that the role of `userName` may see, 200 a page. People who are still to be hired are not in it; whether people who have
 * left are is not documented. https://people.mokahr.com/docs/api/view/v1.html (员工任职数据接口)
 */
export const list: Listing<MokaApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor = "1") {
    requireCredentials(api.secret);
    const page = Number(cursor);
    const { list: entries, data } = await employees({ pageSize, pageNum: page }, api);
    const { total, pageNum, pageSize: size } = data;
    // Without the counts the last page could not be told from any other; another page than the one asked for has other people.
    const isAnother = entries.length > 0 && readId(pageNum) !== cursor;
    if (typeof total !== "number" || typeof size !== "number" || isAnother) {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = entries.flatMap((entry): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.uuid) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    const hasNext = entries.length > 0 && page * size < total;
    return {
      people,
      total,
      ...(hasNext && { next: String(page + 1) }),
      isComplete: people.length === entries.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const employee = await readEmployee(subject, api);
    if (employee) return listed(subject, employee);
    // Moka says the same of people that it does not have and of people that the role of `userName` may not see.
    throw new InboundError("malformed", "person-not-shown", { path: "data.list" });
  },
};

function requireCredentials(secret: MokaApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("apiCode, apiKey, entCode, userName and privateKey");
}

function listed(subject: string, employee: JsonObject): ListedPerson {
  const payload = { employeeId: subject, employee } satisfies FetchedEmployee;
  return {
    subject,
    type: "people.1.3",
    payload,
    ...(isOpen(access(payload)) && { isActive: true as const }),
  };
}
