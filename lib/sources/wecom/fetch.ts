import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { ask, waitForPerson, type ErrcodeApi } from "#lib/source-apis/errcode-api.ts";
import type { ContactChange } from "./split.ts";

/** What of the secret is for asking WeCom. */
interface Credentials {
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

const wecom: ErrcodeApi<Credentials> = {
  token: ({ corpId, corpSecret }) => ({
    path: "/cgi-bin/gettoken",
    query: { corpid: corpId, corpsecret: corpSecret },
  }),
  // https://developer.work.weixin.qq.com/document/path/90313
  meanings: {
    "-1": "source-busy",
    45009: "source-busy",
    45033: "source-busy",
    40014: "token-refused",
    42001: "token-refused",
    42007: "token-refused",
    42009: "token-refused",
    60111: "person-unknown",
    40001: "credentials-refused",
    40013: "credentials-refused",
    40091: "credentials-refused",
    48002: "permission-missing",
    60011: "permission-missing",
    60020: "address-not-allowed",
  },
};

export const fetch: Fetch<Credentials> = {
  host: ({ apiHost }) => apiHost ?? "https://qyapi.weixin.qq.com",
  async read(event, api): Promise<FetchedChange> {
    const change = event.payload as ContactChange;
    // The ids of two companies' people are not one name space.
    if (change.corpId !== undefined && change.corpId !== api.secret.corpId) {
      throw new InboundError("malformed", "company-foreign", { path: "AuthCorpId" });
    }
    if (event.type === "delete_user") return change;

    const userid = change.newUserId ?? change.userId;
    const user = await ask(wecom, { path: "/cgi-bin/user/get", query: { userid } }, api);
    if (user) return { ...change, user };
    waitForPerson(event, api.now());
    return { ...change, gone: true };
  },
};
