import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import type { KindeEvent } from "./split.ts";
import { access } from "./translate.ts";

interface KindeApiSecret {
  readonly domain: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused":
    "authorize a machine-to-machine application for the Kinde Management API with the scope read:users, and store its client id and secret",
  "source-host-wrong":
    "write the domain that Kinde gave into the secret, e.g. acme.kinde.com, not a custom one",
} as const;

/** https://docs.kinde.com/kinde-apis/management/ */
const kinde: RestApi<KindeApiSecret> = {
  send: clientCredentials({
    path: "/oauth2/token",
    clientId: ({ clientId = "" }) => clientId,
    clientSecret: ({ clientSecret = "" }) => clientSecret,
    audience: ({ domain }) => `https://${domain}/api`,
    authentication: "body",
    hints,
  }),
  hints,
};

/**
 * The users of the environment, 100 a page, suspended ones included. Users who were deleted are not in it, and the list has no count.
 * https://docs.kinde.com/kinde-apis/management/#tag/users/get/api/v1/users
 */
export const list: Listing<KindeApiSecret> = {
  hosts: ({ domain, apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.kinde.com" }),
  }),
  async page(api, cursor) {
    const { users, next } = await usersOf(
      { page_size: "100", ...(cursor !== undefined && { next_token: cursor }) },
      api,
    );
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    return { people, ...(next !== undefined && { next }), isComplete: people.length === users.length };
  },
  provesNoDeparture: true,
  async person(api, subject) {
    const { users } = await usersOf({ user_id: subject }, api);
    const [user] = users;
    // Kinde does not document that no answer means that there is no such user.
    if (user === undefined) throw new InboundError("malformed", "person-not-shown", { path: "users" });
    if (!isJsonObject(user)) throw sourceFailure("source-answer-unexpected");
    refuseAnother(subject, user.id, "users[0].id");
    return listed(subject, user);
  },
};

async function usersOf(
  query: Readonly<Record<string, string>>,
  api: SourceApi<KindeApiSecret>,
): Promise<{ users: readonly unknown[]; next: string | undefined }> {
  const { clientId = "", clientSecret = "" } = api.secret;
  if (clientId === "" || clientSecret === "") throw credentialsMissing("clientId and clientSecret");
  const answer = objectIn(await kinde.send({ path: "/api/v1/users", query }, api), kinde);
  const { value: next } = at(answer, "next_token");
  // A next page that cannot be asked for would be taken for the end of the list.
  if (!Array.isArray(answer.users) || (!isEmpty(next) && typeof next !== "string")) {
    throw sourceFailure("source-answer-unexpected");
  }
  return { users: answer.users, next: isEmpty(next) ? undefined : (next as string) };
}

function listed(subject: string, user: JsonObject): ListedPerson {
  const payload = { user, isListed: true } satisfies KindeEvent;
  return { subject, type: "user.updated", payload, ...(isOpen(access(user)) && { isActive: true as const }) };
}
