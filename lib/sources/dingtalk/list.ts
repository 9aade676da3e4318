import { InboundError } from "#lib/contract/errors.ts";
import type { ListedDepartment } from "#lib/contract/departments.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { answerTo, readPerson } from "#lib/source-apis/code-api.ts";
import { peopleByDepartment } from "#lib/source-apis/department-walk.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { dingtalk, fetch, fetchedPerson, type DingTalkApiSecret } from "./fetch.ts";

/** The department that is the company. */
const root = "1";
/** Most people of a page. */
const pageSize = 100;
/** Most departments that wait to be looked into; more come from an API whose departments are below themselves. */
const maxWaiting = 30_000;

/**
 * The members of the company, department by department, 100 a page; a member of several departments comes several times. It has
 * neither people who have left nor those outside of the app's range of contacts.
 * https://open.dingtalk.com/document/orgapp/queries-the-complete-information-of-a-department-user
 */
export const list: Listing<DingTalkApiSecret> = {
  hosts: fetch.hosts,
  page: peopleByDepartment({
    async departments(api, cursor) {
      const { departments, next } = await departmentsBelow(api, cursor);
      return { ids: departments.map(({ id }) => id), next };
    },
    async people(api, department, cursor = "0") {
      const answer = await ask(api, "/topapi/v2/user/list", {
        dept_id: Number(department),
        cursor: Number(cursor),
        size: pageSize,
        language: "zh_CN",
      });
      const { has_more: hasMore, next_cursor, list: members = [] } = isJsonObject(answer) ? answer : {};
      const next = hasMore === true ? readId(next_cursor) : undefined;
      // A next page that cannot be asked for would be taken for the end of the list.
      if (typeof hasMore !== "boolean" || !Array.isArray(members) || hasMore !== (next !== undefined)) {
        throw sourceFailure("source-answer-unexpected");
      }
      const people = members.flatMap((member): ListedPerson[] => {
        const userId = isJsonObject(member) ? readId(member.userid) : undefined;
        return userId === undefined || !isJsonObject(member) ? [] : [listed(userId, member)];
      });
      return { people, ...(next !== undefined && { next }), isComplete: people.length === members.length };
    },
  }),
  async person(api, userId) {
    const member = await readPerson(dingtalk, userId, api);
    return member && listed(userId, member);
  },
  async departments(api, cursor) {
    const { departments, next } = await departmentsBelow(api, cursor);
    return { departments, ...(next !== undefined && { next }) };
  },
};

/**
 * The departments directly below the first one that waits; the company itself comes with those below it.
 * https://open.dingtalk.com/document/orgapp/obtain-the-department-list-v2
 *
 * @param cursor the departments that wait, with commas between them.
 */
async function departmentsBelow(api: SourceApi<DingTalkApiSecret>, cursor = root) {
  const [parent = root, ...others] = cursor.split(",");
  const answer = await ask(api, "/topapi/v2/department/listsub", {
    dept_id: Number(parent),
    language: "zh_CN",
  });
  if (!Array.isArray(answer)) throw sourceFailure("source-answer-unexpected");
  const below = answer.map((entry): ListedDepartment => {
    const { dept_id, name } = isJsonObject(entry) ? entry : {};
    if (!Number.isSafeInteger(dept_id)) throw sourceFailure("source-answer-unexpected");
    return { id: String(dept_id), name: typeof name === "string" ? name : "", parent };
  });
  const waiting = [...below.map(({ id }) => id), ...others];
  if (waiting.length > maxWaiting) throw new InboundError("unavailable", "source-list-endless");
  return {
    departments: parent === root ? [{ id: root, name: "" }, ...below] : below,
    next: waiting.length > 0 ? waiting.join(",") : undefined,
  };
}

async function ask(api: SourceApi<DingTalkApiSecret>, path: string, json: object): Promise<unknown> {
  return (await answerTo(dingtalk, { method: "POST", path, json }, api)).result;
}

/** Who has left is no member any more, so that every member is with the company. */
function listed(userId: string, member: JsonObject): ListedPerson {
  return {
    subject: userId,
    type: "user_modify_org",
    payload: fetchedPerson(userId, member),
    isActive: true,
  };
}
