import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { ask, waitForPerson, type ErrcodeApi } from "#lib/source-apis/errcode-api.ts";
import type { PersonReference } from "./split.ts";

/** What of the secret is for asking DingTalk. */
interface Credentials {
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

const dingtalk: ErrcodeApi<Credentials> = {
  token: ({ appKey, appSecret }) => ({ path: "/gettoken", query: { appkey: appKey, appsecret: appSecret } }),
  // https://open.dingtalk.com/document/orgapp/server-api-error-codes-1
  meanings: {
    "-1": "source-busy",
    90001: "source-busy",
    90002: "source-busy",
    90003: "source-busy",
    90004: "source-busy",
    90005: "source-busy",
    90006: "source-busy",
    40014: "token-refused",
    42001: "token-refused",
    60121: "person-unknown",
    40001: "credentials-refused",
    40089: "credentials-refused",
    40096: "credentials-refused",
    50002: "permission-missing",
    60011: "permission-missing",
    60020: "address-not-allowed",
  },
};

export const fetch: Fetch<Credentials> = {
  host: ({ apiHost }) => apiHost ?? "https://oapi.dingtalk.com",
  async read(event, api): Promise<FetchedPerson> {
    const { userId } = event.payload as PersonReference;
    // Of those who left, DingTalk tells nothing any more.
    if (event.type === "user_leave_org") return { userId };

    const json = { userid: userId, language: "zh_CN" };
    const answer = await ask(dingtalk, { method: "POST", path: "/topapi/v2/user/get", json }, api);
    if (!answer) {
      waitForPerson(event, api.now());
      return { userId, gone: true };
    }
    const { result } = answer;
    if (!isJsonObject(result)) throw new InboundError("unavailable", "source-answer-unreadable");
    return { userId, result: { ...result, extension: parsed(result.extension) } };
  },
};

/** The custom fields of a person travel as JSON in a text. */
function parsed(extension: unknown): JsonObject {
  try {
    const fields: unknown = JSON.parse(typeof extension === "string" ? extension : "");
    return isJsonObject(fields) ? fields : {};
  } catch {
    return {};
  }
}
