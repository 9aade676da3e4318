import { isEmpty } from "#lib/fields/read.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import { readId, type JsonObject } from "#lib/payloads/body.ts";
import { readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import type { UserEvent } from "./split.ts";

export interface FeishuApiSecret {
  readonly appId: string;
  readonly appSecret: string;
  readonly apiHost?: string;
}

/** Of Feishu's two worlds the Chinese one. Lark's is https://open.larksuite.com. */
const defaultHost = "https://open.feishu.cn";

export const feishu: CodePerson<FeishuApiSecret> = {
  codeOf: ({ code }) => readId(code),
  meanings: {
    // Of an app, of a tenant, or either. https://github.com/larksuite/oapi-sdk-go, core/constants.go
    99991663: "token-refused",
    99991664: "token-refused",
    99991671: "token-refused",
    // Older interfaces say it with HTTP 400. https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control
    99991400: "source-throttles",
  },
  // Outside of the app's range of contacts, a permission that is missing, unknown: Feishu does not show the person.
  otherwise: "person-unknown",
  // https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal
  token: {
    request: ({ appId, appSecret }) => ({
      method: "POST",
      path: "/open-apis/auth/v3/tenant_access_token/internal",
      json: { app_id: appId, app_secret: appSecret },
    }),
    field: "tenant_access_token",
    secondsField: "expire",
  },
  authorized: (request, token) => ({ ...request, headers: { authorization: `Bearer ${token}` } }),
  // https://open.feishu.cn/document/server-docs/contact-v3/user/get
  request: (openId) => ({
    path: `/open-apis/contact/v3/users/${encodeURIComponent(openId)}`,
    query: { user_id_type: "open_id", department_id_type: "open_department_id" },
  }),
  personPath: "data.user",
  idPath: "open_id",
  hints: {
    "source-credentials-refused":
      "compare appId and appSecret with the app's page Credentials & Basic Info; does apiHost belong to the app?",
  },
};

/**
 * Asks Feishu about joiners and movers without e-mail address and mobile: fields that the app has no permission for are not
 * in events, and permissions may have come since. Everything else goes through as it is. What the event says stays; Feishu
 * only adds to it. Where Feishu does not show the person to the app, the event is used alone.
 */
export const fetch: Fetch<FeishuApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? defaultHost }),
  async read(event, api) {
    if (!isThin(event)) return event.payload;
    const { user, before } = event.payload as UserEvent;
    const known = await readPerson(feishu, event.subject, api);
    return { user: { ...known, ...present(user) }, ...(before && { before }) } satisfies UserEvent;
  },
};

function isThin({ type, payload }: SourceEvent): boolean {
  if (type !== "contact.user.created_v3" && type !== "contact.user.updated_v3") return false;
  const { user } = payload as UserEvent;
  return [user.email, user.enterprise_email, user.mobile].every(isEmpty);
}

/** Without fields that are empty, so that they do not hide what Feishu's API answers. */
function present(user: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(user).filter(([, value]) => !isEmpty(value)));
}
