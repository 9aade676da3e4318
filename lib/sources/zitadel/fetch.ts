import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { ApiAnswer, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import { secretMakers, type ZitadelEvent, type ZitadelSecret } from "./split.ts";

export interface ZitadelApiSecret {
  readonly domain: string;
  readonly apiToken: string;
  readonly apiHost?: string;
}

/** https://zitadel.com/docs/apis/introduction */
export const zitadel: RestApi<ZitadelApiSecret> = {
  send: (request, api) =>
    api.request({ ...request, headers: { authorization: `Bearer ${api.secret.apiToken}` } }),
  hints: {
    "source-credentials-refused":
      "store a personal access token of a service user who is IAM_OWNER_VIEWER or ORG_OWNER_VIEWER; tokens have an end",
    "source-host-wrong": "write the domain of your instance into the secret, e.g. acme.zitadel.cloud",
  },
};

const joining = ["user.human.added", "user.human.selfregistered"];
/** Events say only what has changed, so that the user is read. One who is deactivated or removed needs nothing that the API could add. */
const askedAbout: ReadonlySet<string> = new Set([
  ...joining,
  "user.domain.claimed",
  "user.human.email.changed",
  "user.human.email.verified",
  "user.human.phone.changed",
  "user.human.phone.verified",
  "user.human.profile.changed",
  "user.reactivated",
  "user.username.changed",
]);

/** Reads the user an event is about; of a TOTP secret, whether the user has confirmed it. */
export const fetch: Fetch<ZitadelApiSecret> = {
  hosts: ({ domain, apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.zitadel.cloud" }),
  }),

  async read(event, api) {
    if (Object.hasOwn(secretMakers, event.type)) return readConfirmed(event, api);
    if (!askedAbout.has(event.type)) return event.payload;
    const user = await readUser(event.subject, api);
    if (!user && joining.includes(event.type)) waitUntilVisible(event, api.now());
    return { ...(event.payload as ZitadelEvent), user: user ?? null } satisfies ZitadelEvent;
  },
};

/** The user of this id; `undefined` where ZITADEL says that there is none. https://zitadel.com/docs/apis/resources/user_service_v2 */
export async function readUser(
  id: string,
  api: SourceApi<ZitadelApiSecret>,
): Promise<JsonObject | undefined> {
  const answer = await zitadel.send({ path: `/v2/users/${encodeURIComponent(id)}` }, api);
  if (saysNotFound(answer)) return undefined;
  const { user } = objectIn(answer, zitadel);
  if (!isJsonObject(user)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, user.userId, "user.userId");
  return user;
}

/** ZITADEL's own "not found", of its REST and its Connect API: a gateway that does not know a path says code 5, too, without details. */
function saysNotFound({ status, json }: ApiAnswer): boolean {
  if (status !== 404 || !isJsonObject(json) || !Array.isArray(json.details)) return false;
  const isOurs = json.details.some((detail: unknown) => {
    const type = at(detail, "@type").value ?? at(detail, "type").value;
    return typeof type === "string" && type.endsWith("zitadel.v1.ErrorDetail");
  });
  return isOurs && (json.code === 5 || json.code === "not_found");
}

/** A secret that no code was ever made from is in no authenticator: after this time, no person is going to confirm it. */
const confirmedWithinMilliseconds = 60 * 60_000;

/** https://zitadel.com/docs/apis/resources/user_service_v2/user-service-list-authentication-method-types: methods that are ready. */
async function readConfirmed(event: SourceEvent, api: SourceApi<ZitadelApiSecret>): Promise<ZitadelSecret> {
  const path = `/v2/users/${encodeURIComponent(event.subject)}/authentication_methods`;
  const { authMethodTypes: methods = [] } = objectIn(await zitadel.send({ path }, api), zitadel);
  if (!Array.isArray(methods)) throw sourceFailure("source-answer-unexpected");
  if (methods.includes("AUTHENTICATION_METHOD_TYPE_TOTP")) {
    return { ...(event.payload as ZitadelSecret), isConfirmed: true };
  }
  if (api.now() - Date.parse(event.occurredAt) < confirmedWithinMilliseconds) {
    throw new InboundError("unavailable", "totp-not-confirmed-yet");
  }
  return { isConfirmed: false };
}
