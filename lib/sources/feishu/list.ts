import type { ListedDepartment } from "#lib/contract/departments.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { answerTo, readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import { peopleByDepartment } from "#lib/source-apis/department-walk.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { feishu, fetch, type FeishuApiSecret } from "./fetch.ts";
import type { UserEvent } from "./split.ts";

/** The department that is the company. */
const root = "0";
/** Most entries of a page. */
const pageSize = "50";

/**
 * In place of the rule for events, by which a person that Feishu does not show is used as the event says. Feishu does not document
 * what it answers about a user who does not exist: only a user whose status says so has left.
 */
const feishuLists: CodePerson<FeishuApiSecret> = {
  ...feishu,
  meanings: {
    ...feishu.meanings,
    40004: "source-permission-missing",
    41050: "source-permission-missing",
    99991672: "source-permission-missing",
  },
  otherwise: "source-answer-unexpected",
  hints: {
    ...feishu.hints,
    "source-permission-missing":
      "set the app's contact scope (通讯录权限范围) to all members, give it the permission to read departments, and publish a version",
  },
};

/**
 * The users of the company, department by department, 50 a page; a user in several departments comes several times. Users who have
 * left are not in it, and the app's contact scope has to be the whole company: with a smaller one Feishu refuses the root, and no
 * list is read. https://open.feishu.cn/document/server-docs/contact-v3/user/find_by_department
 */
export const list: Listing<FeishuApiSecret> = {
  hosts: fetch.hosts,
  page: peopleByDepartment({
    async departments(api, token) {
      const { items, next } = await departmentsFrom(api, token);
      const ids = items.map(({ id }) => id);
      return { ids: token === undefined ? [root, ...ids] : ids, next };
    },
    async people(api, department, token) {
      const query = { department_id: department, user_id_type: "open_id" };
      const { items, next } = await paged(
        api,
        "/open-apis/contact/v3/users/find_by_department",
        query,
        token,
      );
      const people = items.flatMap((user): ListedPerson[] => {
        const openId = isJsonObject(user) ? readId(user.open_id) : undefined;
        return openId === undefined || !isJsonObject(user) ? [] : [listed(openId, user)];
      });
      return { people, ...(next !== undefined && { next }), isComplete: people.length === items.length };
    },
  }),
  async person(api, openId) {
    const user = await readPerson(feishuLists, openId, api);
    return user && listed(openId, user);
  },
  async departments(api, token) {
    const { items, next } = await departmentsFrom(api, token);
    const departments = token === undefined ? [{ id: root, name: "" }, ...items] : items;
    return { departments, ...(next !== undefined && { next }) };
  },
};

/** https://open.feishu.cn/document/server-docs/contact-v3/department/children: all of them, with `fetch_child`. */
async function departmentsFrom(api: SourceApi<FeishuApiSecret>, token: string | undefined) {
  const path = `/open-apis/contact/v3/departments/${root}/children`;
  const { items, next } = await paged(api, path, { fetch_child: "true" }, token);
  return { items: items.map(departmentOf), next };
}

function departmentOf(entry: unknown): ListedDepartment {
  const { open_department_id, name, parent_department_id } = isJsonObject(entry) ? entry : {};
  const [id, parent] = [readId(open_department_id), readId(parent_department_id)];
  if (id === undefined) throw sourceFailure("source-answer-unexpected");
  return { id, name: typeof name === "string" ? name : "", ...(parent !== undefined && { parent }) };
}

/** A page of a list of Feishu's. A page without entries may lack the list of them. */
async function paged(
  api: SourceApi<FeishuApiSecret>,
  path: string,
  query: NonNullable<ApiRequest["query"]>,
  token: string | undefined,
): Promise<{ readonly items: readonly unknown[]; readonly next: string | undefined }> {
  const answer = await answerTo(
    feishuLists,
    {
      path,
      query: {
        ...query,
        department_id_type: "open_department_id",
        page_size: pageSize,
        ...(token !== undefined && { page_token: token }),
      },
    },
    api,
  );
  const { has_more: hasMore, page_token: next, items = [] } = pageIn(answer);
  if (!Array.isArray(items) || typeof hasMore !== "boolean") throw sourceFailure("source-answer-unexpected");
  // A next page that cannot be asked for would be taken for the end of the list.
  if (hasMore && (typeof next !== "string" || next === "")) throw sourceFailure("source-answer-unexpected");
  return { items, next: hasMore ? String(next) : undefined };
}

function pageIn(answer: JsonObject): JsonObject {
  const { value } = at(answer, "data");
  return isJsonObject(value) ? value : {};
}

/** `is_activated` says whether a person has used Feishu, not whether the account is open. */
function listed(openId: string, user: JsonObject): ListedPerson {
  const isOpen = ["is_frozen", "is_resigned", "is_exited"].every(
    (name) => at(user, `status.${name}`).value === false,
  );
  return {
    subject: openId,
    type: "contact.user.updated_v3",
    payload: { user } satisfies UserEvent,
    ...(isOpen && { isActive: true as const }),
  };
}
