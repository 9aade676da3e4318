import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { ApiHosts, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { isAboutUser, type CasdoorEvent } from "./split.ts";

export interface CasdoorApiSecret {
  readonly domain: string;
  readonly organization: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiHost?: string;
}

const hints: FailureHints = {
  "source-credentials-refused":
    "store the client id and the client secret of an application of the organization",
  "source-host-wrong": "write the host name of Casdoor into the secret, e.g. door.acme.com",
};

/** Reads the user of an event: deliveries are not signed, and most hold what a person asked for, not what came of it. */
export const fetch: Fetch<CasdoorApiSecret> = {
  hosts: ({ domain, apiHost }): ApiHosts => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "door.acme.com" }),
  }),

  async read(event, api) {
    const said = event.payload as CasdoorEvent;
    if (!isAboutUser(event.type) || said.isNothing) return said;
    if (said.owner !== api.secret.organization) return { isNothing: true } satisfies CasdoorEvent;
    const user = await readUser(event.subject, api);
    const isDeletion = event.type === "delete-user";
    if (!user && !isDeletion) waitUntilVisible(event, api.now());
    if (user && isDeletion && user.isDeleted !== true) refuseDeparture(event, api.now());
    const isConfirmed = said.totpSecret !== undefined && user !== undefined && hasTotp(user);
    return {
      user: user ?? null,
      ...(isConfirmed && { totpSecret: said.totpSecret }),
    } satisfies CasdoorEvent;
  },
};

/**
 * The user of this id in the organization of the secret; `undefined` where there is none.
 * https://github.com/casdoor/casdoor/blob/master/controllers/user.go (`GetUser`)
 */
export async function readUser(
  id: string,
  api: SourceApi<CasdoorApiSecret>,
): Promise<JsonObject | undefined> {
  const query = { userId: id, owner: api.secret.organization };
  const { data: user = null } = await ask({ path: "/api/get-user", query }, api);
  if (user === null) return undefined;
  if (!isJsonObject(user)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, user.id, "data.id");
  if (user.owner !== api.secret.organization) {
    throw new InboundError("malformed", "person-is-another", { path: "data.owner" });
  }
  return user;
}

/** Casdoor answers 200 to everything: `{status: "ok" | "error", msg, data, data2}`. */
export async function ask(request: ApiRequest, api: SourceApi<CasdoorApiSecret>): Promise<JsonObject> {
  const { clientId, clientSecret } = api.secret;
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const answer = await api.request({
    ...request,
    headers: { authorization: `Basic ${credentials}`, "accept-language": "en" },
  });
  const document = objectIn(answer, { hints });
  if (document.status === "ok" && "data" in document) return document;
  const { msg } = document;
  const isRefusal =
    document.status === "error" &&
    typeof msg === "string" &&
    /unauthorized operation|please login first|client ?id|client ?secret/i.test(msg);
  throw sourceFailure(isRefusal ? "source-credentials-refused" : "source-answer-unexpected", hints);
}

/** Whether the user signs in with an authenticator app. */
function hasTotp({ multiFactorAuths }: JsonObject): boolean {
  return (
    Array.isArray(multiFactorAuths) &&
    multiFactorAuths.some(
      (factor) => isJsonObject(factor) && factor.mfaType === "app" && factor.enabled === true,
    )
  );
}
