import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { errcodeDialect, readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import type { ContactChange } from "./split.ts";

/** What of the secret is for asking WeCom. */
export interface WecomApiSecret {
  readonly corpId: string;
  readonly corpSecret: string;
  readonly apiHost?: string;
}

/** What `translate` reads: the event, and the person as WeCom shows them today, or that it does no longer. */
export interface FetchedChange extends ContactChange {
  /** Of `/cgi-bin/user/get`. */
  readonly user?: JsonObject;
  readonly gone?: true;
}

export const wecom: CodePerson<WecomApiSecret> = {
  ...errcodeDialect,
  token: {
    request: ({ corpId, corpSecret }) => ({
      path: "/cgi-bin/gettoken",
      query: { corpid: corpId, corpsecret: corpSecret },
    }),
    field: "access_token",
    secondsField: "expires_in",
  },
  // https://developer.work.weixin.qq.com/document/path/90313
  meanings: {
    "-1": "source-throttles",
    45009: "source-throttles",
    45033: "source-throttles",
    40014: "token-refused",
    42001: "token-refused",
    42007: "token-refused",
    42009: "token-refused",
    60111: "person-unknown",
    40003: "id-invalid",
    40001: "source-credentials-refused",
    40013: "source-credentials-refused",
    40091: "source-credentials-refused",
    48002: "source-permission-missing",
    60011: "source-permission-missing",
    60020: "source-address-not-allowed",
  },
  request: (userid) => ({ path: "/cgi-bin/user/get", query: { userid } }),
  personPath: "",
  // Within a company two ids never differ in letter case alone. https://developer.work.weixin.qq.com/document/path/90196
  idPath: "userid",
  ignoresCase: true,
};

export const fetch: Fetch<WecomApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://qyapi.weixin.qq.com" }),
  async read(event, api) {
    const change = event.payload as ContactChange;
    // The ids of two companies' people are not one name space.
    if (change.corpId !== undefined && change.corpId !== api.secret.corpId) {
      throw new InboundError("malformed", "company-foreign", { path: "AuthCorpId" });
    }
    if (event.type !== "create_user" && event.type !== "update_user") return change;

    const user = await readPerson(wecom, change.newUserId ?? change.userId, api);
    if (user) return { ...change, user } satisfies FetchedChange;
    waitUntilVisible(event, api.now());
    return { ...change, gone: true } satisfies FetchedChange;
  },
};
