import type { ListedDepartment } from "#lib/contract/departments.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { answerTo, readPerson } from "#lib/source-apis/code-api.ts";
import { peopleByDepartment } from "#lib/source-apis/department-walk.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { fetch, wecom, type FetchedChange, type WecomApiSecret } from "./fetch.ts";

/** How many departments a cursor holds: WeCom lists all of them at once, 30,000 at most. */
const departmentsAtOnce = 500;

/**
 * The members that the app may see, department by department; a member of several departments comes several times. WeCom has no
 * pages here, and people who were deleted are not in it. Apps that were made since 2022-06-20 see neither mobile number, e-mail
 * address, gender, picture nor address. https://developer.work.weixin.qq.com/document/path/90201
 */
export const list: Listing<WecomApiSecret> = {
  hosts: fetch.hosts,
  page: peopleByDepartment({
    // https://developer.work.weixin.qq.com/document/path/95350
    async departments(api, after = "0") {
      const entries = await listAt(api, "/cgi-bin/department/simplelist", {}, "department_id");
      const ids = entries
        .map(numberOf)
        .filter((id) => id > Number(after))
        .toSorted((one, other) => one - other)
        .slice(0, departmentsAtOnce);
      const last = ids.at(-1);
      return { ids: ids.map(String), ...(ids.length === departmentsAtOnce && { next: String(last) }) };
    },
    async people(api, department) {
      const members = await listAt(api, "/cgi-bin/user/list", { department_id: department }, "userlist");
      const people = members.flatMap((member): ListedPerson[] => {
        const userId = isJsonObject(member) ? readId(member.userid) : undefined;
        return userId === undefined || !isJsonObject(member) ? [] : [listed(userId, member)];
      });
      return { people, isComplete: people.length === members.length };
    },
  }),
  async person(api, userId) {
    const member = await readPerson(wecom, userId, api);
    return member && listed(userId, member);
  },
  // https://developer.work.weixin.qq.com/document/path/90208
  async departments(api) {
    const entries = await listAt(api, "/cgi-bin/department/list", {}, "department");
    return {
      departments: entries.map((entry): ListedDepartment => {
        const { name, parentid } = isJsonObject(entry) ? entry : {};
        const parent = readId(parentid) ?? "0";
        return {
          id: String(numberOf(entry)),
          name: typeof name === "string" ? name : "",
          ...(parent !== "0" && { parent }),
        };
      }),
    };
  },
};

function numberOf(department: unknown): number {
  const { id } = isJsonObject(department) ? department : {};
  if (Number.isSafeInteger(id) && Number(id) > 0) return Number(id);
  throw sourceFailure("source-answer-unexpected");
}

async function listAt(
  api: SourceApi<WecomApiSecret>,
  path: string,
  query: Readonly<Record<string, string>>,
  name: string,
): Promise<readonly unknown[]> {
  const { [name]: entries } = await answerTo(wecom, { path, query }, api);
  if (Array.isArray(entries)) return entries;
  throw sourceFailure("source-answer-unexpected");
}

function listed(userId: string, user: JsonObject): ListedPerson {
  const payload = { userId, event: {}, user } satisfies FetchedChange;
  return { subject: userId, type: "update_user", payload };
}
