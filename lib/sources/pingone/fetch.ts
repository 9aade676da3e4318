import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestApi } from "#lib/source-apis/rest-api.ts";
import { aboutUser, type PingOneEvent } from "./split.ts";

/** What of the secret is for asking PingOne. */
export interface PingOneApiSecret {
  readonly environmentId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly region?: "com" | "eu" | "ca" | "asia" | "com.au" | "sg";
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused":
    "give the worker application the role Identity Data Read Only for the environment, and compare its client id and secret",
  "source-host-wrong":
    "set region in the secret to the end of the console's host: com, eu, ca, asia, com.au or sg",
} as const;

export const pingone: RestApi<PingOneApiSecret> = {
  send: clientCredentials({
    host: "auth",
    path: ({ environmentId }) => `/${encodeURIComponent(environmentId)}/as/token`,
    clientId: ({ clientId }) => clientId,
    clientSecret: ({ clientSecret }) => clientSecret,
    hints,
  }),
  hints,
};

export const usersOf = ({ environmentId }: PingOneApiSecret): string =>
  `/v1/environments/${encodeURIComponent(environmentId)}/users`;

/**
 * One user; `undefined` where PingOne shows none of this id.
 * https://developer.pingidentity.com/pingone-api/platform/users/users-1/read-user.html
 */
export async function readUser(
  id: string,
  api: SourceApi<PingOneApiSecret>,
): Promise<JsonObject | undefined> {
  return readPerson(
    {
      ...pingone,
      request: (user) => ({ path: `${usersOf(api.secret)}/${encodeURIComponent(user)}` }),
      idPath: "id",
      isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.code === "NOT_FOUND",
    },
    id,
    api,
  );
}

/**
 * Reads the user of an event, and confirms a deletion: the header that a delivery shows proves little. Which people an application may
 * see is a setting of PingOne, so that only the event of a deletion and PingOne's answer together make a leaver.
 */
export const fetch: Fetch<PingOneApiSecret> = {
  hosts: ({ region = "com", apiHost }) => ({
    api: apiHost ?? `https://api.pingone.${region}`,
    auth: apiHost ?? `https://auth.pingone.${region}`,
  }),

  async read(event, api) {
    const said = event.payload as PingOneEvent;
    if (!aboutUser.has(event.type) || said.result !== "SUCCESS") return said;
    if (said.environmentId !== undefined && said.environmentId !== api.secret.environmentId) {
      throw new InboundError("malformed", "company-foreign", { path: "resources[].environment.id" });
    }
    const user = await readUser(event.subject, api);
    if (event.type === "USER.DELETED") return user ? refuseDeparture(event, api.now()) : said;
    if (!user && event.type === "USER.CREATED") waitUntilVisible(event, api.now());
    return { ...said, user: user ?? null } satisfies PingOneEvent;
  },
};
