import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen, plainWord } from "#lib/fields/encode.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import {
  ask,
  canAsk,
  fetch,
  readEmployee,
  type FetchedEmployee,
  type XinrenxinshiApiSecret,
} from "./fetch.ts";
import { access } from "./translate.ts";

/** The most that 薪人薪事 gives in a page. */
const pageSize = 100;
/** A list is of one status. Those who are still to be hired are read first: who is hired in between, is in both lists or in the second. */
const [employed, toBeHired, left, deleted] = [0, 2, 1, 8] as const;

/** Where the list goes on, `<status>.<page>`; pages count from 0. */
const cursorOf = (status: number, page: number): string => `${status}.${page}`;

/**
 * Those who are still to be hired, and the employees, 100 a page, with less of each than 薪人薪事 says of one employee: id, name, mobile
 * number, work address and status. People who have left or were deleted are not in it, and the list has no count of people.
 * https://api.xinrenxinshi.com/doc/v3/page/employee/basisInfo_v5.html
 */
export const list: Listing<XinrenxinshiApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor = cursorOf(toBeHired, 0)) {
    requireCredentials(api.secret);
    const [status = toBeHired, page = 0] = cursor.split(".").map(Number);
    const data = await ask("/v5/employee/simplelist", { pageNo: page, pageSize, fetchChild: 1, status }, api);
    const { result, hasMore, totalPageSize: pages } = isJsonObject(data) ? data : {};
    // A page that says "more" after the last one would repeat for ever.
    const isEndless = hasMore === true && page + 1 >= Number(pages);
    if (!Array.isArray(result) || typeof hasMore !== "boolean" || typeof pages !== "number" || isEndless) {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = result.flatMap((entry: unknown): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.employeeId) : undefined;
      if (subject === undefined || !isJsonObject(entry)) return [];
      // Another status than the one asked for: the question was not understood.
      if (plainWord(entry.status) !== String(status)) throw sourceFailure("source-answer-unexpected");
      return [listed(subject, entry)];
    });
    const following = status === toBeHired ? cursorOf(employed, 0) : undefined;
    const next = hasMore ? cursorOf(status, page + 1) : following;
    return { people, ...(next !== undefined && { next }), isComplete: people.length === result.length };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    // A person who has come back has the status of an employee beside the one of their departure.
    for (const status of [employed, toBeHired, left, deleted]) {
      const employee = await readEmployee(subject, status, api);
      if (employee) return listed(subject, employee);
    }
    // What 薪人薪事 answers about a person that it does not have is not documented.
    throw new InboundError("malformed", "person-not-shown", { path: "data" });
  },
};

function requireCredentials(secret: XinrenxinshiApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("appKey and appSecret");
}

function listed(subject: string, employee: JsonObject): ListedPerson {
  const payload = { employeeId: subject, employee } satisfies FetchedEmployee;
  return {
    subject,
    type: "employee_update",
    payload,
    ...(isOpen(access(payload)) && { isActive: true as const }),
  };
}
