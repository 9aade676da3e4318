import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { WorkosEvent } from "./split.ts";
import { stateOf } from "./translate.ts";

interface WorkosApiSecret {
  readonly apiKey?: string;
  readonly directoryId?: string;
  readonly apiHost?: string;
}

/** Where the secret names no directory, the people are AuthKit's users. */
const kindOf = ({ directoryId = "" }: WorkosApiSecret) =>
  directoryId === ""
    ? ({ path: "/user_management/users", type: "user.updated" } as const)
    : ({ path: "/directory_users", type: "dsync.user.updated" } as const);

const workos: Omit<RestPerson<WorkosApiSecret>, "request"> = {
  send: (request, api) =>
    api.request({ ...request, headers: { authorization: `Bearer ${api.secret.apiKey}` } }),
  idPath: "id",
  // https://workos.com/docs/reference/errors
  isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.code === "entity_not_found",
  hints: { "source-credentials-refused": "store an API key of the same environment as the webhook" },
};

/**
 * The people of one directory, inactive ones included, or, where the secret names none, the users of AuthKit: 100 a page. People of
 * other directories are not in it, nor are people who were deleted; most environments delete a directory user who becomes inactive.
 *
 * https://workos.com/docs/reference/directory-sync/directory-user/list
 * https://workos.com/docs/reference/authkit/user/list
 */
export const list: Listing<WorkosApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.workos.com" }),
  async page(api, after) {
    requireKey(api.secret);
    const { directoryId = "" } = api.secret;
    const query = {
      ...(directoryId !== "" && { directory: directoryId }),
      limit: "100",
      // From the oldest on: people who are added while it is read come at the end.
      order: "asc",
      ...(after !== undefined && { after }),
    };
    const { path, type } = kindOf(api.secret);
    const answer = objectIn(await workos.send({ path, query }, api), workos);
    const { data } = answer;
    const pages = answer.list_metadata;
    // Without it the last page could not be told from any other.
    if (!Array.isArray(data) || !isJsonObject(pages)) throw sourceFailure("source-answer-unexpected");
    const people = data.flatMap((person: unknown): ListedPerson[] => {
      const subject = isJsonObject(person) ? readId(person.id) : undefined;
      return subject === undefined || !isJsonObject(person) ? [] : [listed(subject, type, person)];
    });
    const next = at(pages, "after").value;
    if (!isEmpty(next) && typeof next !== "string") throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(typeof next === "string" && next !== "" && { next }),
      isComplete: people.length === data.length,
    };
  },
  async person(api, subject) {
    requireKey(api.secret);
    const { path, type } = kindOf(api.secret);
    const request = (id: string) => ({ path: `${path}/${encodeURIComponent(id)}` });
    const person = await readPerson({ ...workos, request }, subject, api);
    return person && listed(subject, type, person);
  },
};

function requireKey({ apiKey = "" }: WorkosApiSecret): void {
  if (apiKey === "") throw credentialsMissing("apiKey, and directoryId for the people of a directory");
}

/** Users of AuthKit have no state. */
function listed(subject: string, type: string, person: JsonObject): ListedPerson {
  const payload = { data: person, isListed: true } satisfies WorkosEvent;
  return { subject, type, payload, ...(isOpen(stateOf(person)) && { isActive: true as const }) };
}
