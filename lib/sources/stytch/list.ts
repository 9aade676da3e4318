import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, readJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson, type RestApi, type RestPerson } from "#lib/source-apis/rest-api.ts";

interface StytchApiSecret {
  readonly projectId?: string;
  readonly secret?: string;
  readonly vertical?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<StytchApiSecret>;

const stytch: RestApi<StytchApiSecret> = {
  send(request, api) {
    const { projectId = "", secret = "" } = api.secret;
    const authorization = `Basic ${Buffer.from(`${projectId}:${secret}`).toString("base64")}`;
    return api.request({ ...request, headers: { authorization } });
  },
  hints: {
    "source-credentials-refused":
      "compare projectId and secret with Project settings → API keys in Stytch's dashboard",
  },
};

const isError = (type: string) => (answer: { status: number; json: unknown }) =>
  answer.status === 404 && isJsonObject(answer.json) && answer.json.error_type === type;

/** https://stytch.com/docs/api/get-user */
const user: RestPerson<StytchApiSecret> = {
  ...stytch,
  request: (id) => ({ path: `/v1/users/${encodeURIComponent(id)}` }),
  idPath: "user_id",
  isUnknown: isError("user_not_found"),
};
/** https://stytch.com/docs/b2b/api/dangerously-get-member: by the member's id alone, and deleted ones too. */
const member: RestPerson<StytchApiSecret> = {
  ...stytch,
  request: (id) => ({
    path: `/v1/b2b/organizations/members/dangerously_get/${encodeURIComponent(id)}`,
    query: { include_deleted: "true" },
  }),
  idPath: "member.member_id",
  isUnknown: isError("member_not_found"),
};

const peopleInPage = 200;
/** Their ids are part of the cursor. */
const organizationsInPage = 20;

/** Where a list of members goes on: in which organizations, at which of their members, and with which organizations after them. */
interface MemberCursor {
  readonly organizations: readonly string[];
  readonly members?: string;
  readonly next?: string;
}

/**
 * The users of a consumer project, 200 a page, with a total; or the members of all organizations of a B2B project, those of twenty
 * organizations after those of another twenty. Deleted users are not in it; whether deleted members are is not documented.
 * https://stytch.com/docs/api/search-users, https://stytch.com/docs/b2b/api/search-members
 */
export const list: Listing<StytchApiSecret> = {
  hosts: ({ projectId = "", apiHost }) => ({
    api:
      apiHost ??
      (projectId.startsWith("project-test-") ? "https://test.stytch.com" : "https://api.stytch.com"),
  }),
  page: async (api, cursor) => (isB2b(api) ? memberPage(api, cursor) : userPage(api, cursor)),
  async person(api, subject) {
    if (!isB2b(api)) {
      const found = await readPerson(user, subject, api);
      return found && { subject, type: "user.update", payload: found };
    }
    const found = await readPerson(member, subject, api);
    return found && { subject, type: "member.update", payload: found.member };
  },
};

/** @throws InboundError `misconfigured` `api-credentials-missing`. */
function isB2b({ secret: { projectId = "", secret = "", vertical } }: Api): boolean {
  const isKnown = vertical === "b2b" || vertical === "consumer";
  if (projectId !== "" && secret !== "" && isKnown) return vertical === "b2b";
  throw credentialsMissing("projectId, secret and vertical (consumer or b2b)");
}

async function userPage(api: Api, cursor: string | undefined) {
  const found = await search(api, "/v1/users/search", "results", {
    limit: peopleInPage,
    ...(cursor && { cursor }),
  });
  const people = found.entries.flatMap((entry) => listed(entry, "user"));
  return {
    people,
    ...(found.next !== undefined && { next: found.next }),
    ...(found.total !== undefined && { total: found.total }),
    isComplete: people.length === found.entries.length,
  };
}

async function memberPage(api: Api, cursor: string | undefined) {
  const from = cursor === undefined ? await organizationPage(api) : readCursor(cursor);
  if (from.organizations.length === 0) return { people: [], isComplete: true };
  const found = await search(api, "/v1/b2b/organizations/members/search", "members", {
    organization_ids: from.organizations,
    limit: peopleInPage,
    ...(from.members !== undefined && { cursor: from.members }),
  });
  const people = found.entries.flatMap((entry) => listed(entry, "member"));
  const next: MemberCursor | undefined =
    found.next === undefined
      ? from.next === undefined
        ? undefined
        : await organizationPage(api, from.next)
      : { ...from, members: found.next };
  return {
    people,
    ...(next && next.organizations.length > 0 && { next: JSON.stringify(next) }),
    isComplete: people.length === found.entries.length,
  };
}

async function organizationPage(api: Api, cursor?: string): Promise<MemberCursor> {
  const found = await search(api, "/v1/b2b/organizations/search", "organizations", {
    limit: organizationsInPage,
    ...(cursor !== undefined && { cursor }),
  });
  const organizations = found.entries.map((entry) => {
    const id = isJsonObject(entry) ? readId(entry.organization_id) : undefined;
    // Its members would be missing.
    if (id === undefined) throw sourceFailure("source-answer-unexpected");
    return id;
  });
  return { organizations, ...(found.next !== undefined && { next: found.next }) };
}

/** Cursors come from us, through the reader. */
function readCursor(cursor: string): MemberCursor {
  const { organizations, members, next } = readJsonObject(Buffer.from(cursor));
  if (!Array.isArray(organizations)) throw sourceFailure("source-answer-unexpected");
  return {
    organizations: organizations.map(String),
    ...(typeof members === "string" && { members }),
    ...(typeof next === "string" && { next }),
  };
}

async function search(api: Api, path: string, name: string, json: JsonObject) {
  const request: ApiRequest = { method: "POST", path, json };
  const answer = objectIn(await stytch.send(request, api), stytch);
  const { [name]: entries, results_metadata: metadata } = answer;
  // Without them the last page could not be told from any other.
  if (!Array.isArray(entries) || !isJsonObject(metadata)) throw sourceFailure("source-answer-unexpected");
  const [next, total] = [metadata.next_cursor ?? "", at(answer, "results_metadata.total").value];
  if (typeof next !== "string") throw sourceFailure("source-answer-unexpected");
  return {
    entries: entries as readonly unknown[],
    next: next === "" ? undefined : next,
    total: typeof total === "number" ? total : undefined,
  };
}

function listed(entry: unknown, kind: "user" | "member"): ListedPerson[] {
  const subject = isJsonObject(entry) ? readId(entry[`${kind}_id`]) : undefined;
  return subject === undefined ? [] : [{ subject, type: `${kind}.update`, payload: entry }];
}
