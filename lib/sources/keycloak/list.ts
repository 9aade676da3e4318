import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, failureOf, sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, inRealm, keycloak, type KeycloakApiSecret } from "./fetch.ts";
import type { KeycloakEvent } from "./split.ts";

const perPage = 100;

/**
 * The users of the realm, 100 a page, disabled ones included. Keycloak leaves service accounts out, and it has no order that stays: a
 * user who is added or removed while it is read may move another one over the border of two pages.
 * https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users
 */
export const list: Listing<KeycloakApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    const rest = keycloak(api);
    const path = inRealm(api, "admin/realms", "/users");
    // How many there are is asked once, and kept in the cursor.
    const [first = 0, total = 0] = (cursor ?? `0/${await countOf(api)}`).split("/").map(Number);
    const query = { first: String(first), max: String(perPage), briefRepresentation: "false" };
    const users = listIn(await rest.send({ path, query }, api), rest);
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const seen = first + users.length;
    return {
      people,
      total,
      ...(users.length > 0 && seen < total && { next: `${seen}/${total}` }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const user = await readPerson(keycloak(api), subject, api);
    return user && listed(subject, user);
  },
};

function requireCredentials(secret: KeycloakApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("serverUrl, realm, clientId and clientSecret");
}

function listed(subject: string, user: JsonObject): ListedPerson {
  const payload = { user, isWhole: true, isListed: true } satisfies KeycloakEvent;
  return {
    subject,
    type: "admin.USER-UPDATE",
    payload,
    ...(user.enabled === true && { isActive: true as const }),
  };
}

async function countOf(api: SourceApi<KeycloakApiSecret>): Promise<number> {
  const rest = keycloak(api);
  const answer = await rest.send({ path: inRealm(api, "admin/realms", "/users/count") }, api);
  if (answer.status === 200 && Number.isSafeInteger(answer.json)) return answer.json as number;
  throw sourceFailure(failureOf(answer), rest.hints);
}
