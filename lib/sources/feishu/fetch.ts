import { isEmpty } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, Fetch, SourceApi, SourceEvent } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import type { UserEvent } from "./split.ts";

interface ApiSecret {
  readonly appId: string;
  readonly appSecret: string;
  readonly apiHost?: string;
}

/** Of Feishu's two worlds the Chinese one. Lark's is https://open.larksuite.com. */
const defaultHost = "https://open.feishu.cn";

/** Of an app, of a tenant, or either. https://github.com/larksuite/oapi-sdk-go, core/constants.go */
const refusedTokens: ReadonlySet<unknown> = new Set([99991663, 99991664, 99991671]);
/** Older interfaces say it with HTTP 400. https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control */
const throttled = 99991400;

/**
 * Asks Feishu about joiners and movers without e-mail address and mobile: fields that the app has no permission for are not
 * in events, and permissions may have come since. Everything else goes through as it is. What the event says stays; Feishu
 * only adds to it. Of somebody whom Feishu does not show to the app the event has to do.
 */
export const fetch: Fetch<ApiSecret> = {
  host: ({ apiHost }) => apiHost ?? defaultHost,
  async read(event, api) {
    if (!isThin(event)) return event.payload;
    const { user, before } = event.payload as UserEvent;
    const known = await userOf(event.subject, api);
    return { user: { ...known, ...present(user) }, ...(before && { before }) } satisfies UserEvent;
  },
};

function isThin({ type, payload }: SourceEvent): boolean {
  if (type !== "contact.user.created_v3" && type !== "contact.user.updated_v3") return false;
  const { user } = payload as UserEvent;
  return [user.email, user.enterprise_email, user.mobile].every(isEmpty);
}

/** https://open.feishu.cn/document/server-docs/contact-v3/user/get */
async function userOf(openId: string, api: SourceApi<ApiSecret>): Promise<JsonObject | undefined> {
  const ask = async () => {
    const token = await api.token(() => tenantToken(api));
    return api.request({
      path: `/open-apis/contact/v3/users/${encodeURIComponent(openId)}`,
      query: { user_id_type: "open_id", department_id_type: "open_department_id" },
      headers: { authorization: `Bearer ${token}` },
    });
  };
  let answer = await ask();
  if (refusedTokens.has(codeOf(answer))) {
    api.forgetToken();
    answer = await ask();
  }
  const code = codeOf(answer);
  if (refusedTokens.has(code)) {
    throw new InboundError("misconfigured", "source-refuses-token", {
      hint: "Feishu refuses a token it has just given: does apiHost belong to the app?",
    });
  }
  // Not an answer of this interface: something stands in between.
  if (code === undefined) throw new InboundError("unavailable", "source-answer-unreadable");
  if (code === throttled) throw new InboundError("unavailable", "source-throttles");
  // Anything else is about this person: unknown, outside of the app's range of contacts, a permission that is missing.
  const data = code === 0 && isJsonObject(answer.json) ? answer.json.data : undefined;
  return isJsonObject(data) && isJsonObject(data.user) ? data.user : undefined;
}

/** https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal */
async function tenantToken(api: SourceApi<ApiSecret>): Promise<{ token: string; expiresInSeconds: number }> {
  const { appId, appSecret } = api.secret;
  const answer = await api.request({
    method: "POST",
    path: "/open-apis/auth/v3/tenant_access_token/internal",
    json: { app_id: appId, app_secret: appSecret },
  });
  const code = codeOf(answer);
  if (code === undefined) throw new InboundError("unavailable", "source-answer-unreadable");
  if (code === throttled) throw new InboundError("unavailable", "source-throttles");
  const { tenant_access_token: token, expire } = answer.json as JsonObject;
  if (code !== 0 || typeof token !== "string" || token === "" || typeof expire !== "number") {
    throw new InboundError("misconfigured", "source-refuses-credentials", {
      hint: "compare appId and appSecret of the secret with the app's page Credentials & Basic Info",
    });
  }
  return { token, expiresInSeconds: expire };
}

/** Success is `code` 0, whatever HTTP says. */
function codeOf({ json }: ApiAnswer): number | undefined {
  return isJsonObject(json) && typeof json.code === "number" ? json.code : undefined;
}

/** Without what is there and empty, so that it does not hide what Feishu knows. */
function present(user: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([, value]) => !isEmpty(value)));
}
