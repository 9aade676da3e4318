import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { errcodeDialect, readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import type { PersonReference } from "./split.ts";

/** What of the secret is for asking DingTalk. */
export interface DingTalkApiSecret {
  readonly appKey: string;
  readonly appSecret: string;
  readonly apiHost?: string;
}

/** What `translate` reads: the person as DingTalk has them today, or that it has them no longer. */
export interface FetchedPerson extends PersonReference {
  /** Of `topapi/v2/user/get`, `extension` as an object. */
  readonly result?: JsonObject;
  readonly gone?: true;
}

export const dingtalk: CodePerson<DingTalkApiSecret> = {
  ...errcodeDialect,
  token: {
    request: ({ appKey, appSecret }) => ({
      path: "/gettoken",
      query: { appkey: appKey, appsecret: appSecret },
    }),
    field: "access_token",
    secondsField: "expires_in",
  },
  // https://open.dingtalk.com/document/orgapp/server-api-error-codes-1
  meanings: {
    "-1": "source-throttles",
    90001: "source-throttles",
    90002: "source-throttles",
    90003: "source-throttles",
    90004: "source-throttles",
    90005: "source-throttles",
    90006: "source-throttles",
    40014: "token-refused",
    42001: "token-refused",
    60121: "person-unknown",
    33012: "id-invalid",
    40001: "source-credentials-refused",
    40089: "source-credentials-refused",
    40096: "source-credentials-refused",
    50002: "source-permission-missing",
    50004: "source-permission-missing",
    60011: "source-permission-missing",
    60020: "source-address-not-allowed",
  },
  request: (userid) => ({ method: "POST", path: "/topapi/v2/user/get", json: { userid, language: "zh_CN" } }),
  personPath: "result",
  idPath: "userid",
};

export const fetch: Fetch<DingTalkApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://oapi.dingtalk.com" }),
  async read(event, api) {
    // DingTalk's API does not return people who have left.
    if (event.type !== "user_add_org" && event.type !== "user_modify_org") return event.payload;

    const { userId } = event.payload as PersonReference;

    const result = await readPerson(dingtalk, userId, api);
    if (result) {
      return fetchedPerson(userId, result);
    }
    waitUntilVisible(event, api.now());
    return { userId, gone: true } satisfies FetchedPerson;
  },
};

/** A person as `translate` reads them, from an answer about the person or a list. */
export function fetchedPerson(userId: string, result: JsonObject): FetchedPerson {
  return { userId, result: { ...result, extension: parsed(result.extension) } };
}

/** The custom fields of a person travel as JSON in a text. */
function parsed(extension: unknown): JsonObject {
  try {
    const fields: unknown = JSON.parse(typeof extension === "string" ? extension : "");
    return isJsonObject(fields) ? fields : {};
  } catch {
    return {};
  }
}
