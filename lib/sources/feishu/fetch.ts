import { isEmpty } from "#lib/fields/read.ts";
import { at } from "#lib/fields/read.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { ask, readPerson, type CodeApi, type CodePerson } from "#lib/source-apis/code-api.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown, waitUntilVisible } from "#lib/source-apis/people.ts";
import type { PeopleEvent, UserEvent } from "./split.ts";

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

/** https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/corehr-v1/common_data-id/convert */
const conversion: CodeApi<FeishuApiSecret> = {
  ...feishu,
  // 99991672: the app lacks the permission for this interface.
  meanings: { ...feishu.meanings, 99991672: "source-permission-missing" },
  otherwise: "source-answer-unexpected",
};

/** Types of Feishu People for which the contacts have to be asked about the person. */
const asked: ReadonlySet<string> = new Set([
  "corehr.employee.domain_event_v2",
  "corehr.employment.created_v1",
  "corehr.employment.deleted_v1",
  "corehr.employment.updated_v1",
  "corehr.job_data.changed_v1",
  "corehr.job_data.employed_v1",
]);
const resigned = "corehr.employment.resigned_v1";

/**
 * Asks Feishu about joiners and movers without e-mail address and mobile: fields that the app has no permission for are not
 * in events, and permissions may have come since. Everything else goes through as it is. What the event says stays; Feishu
 * only adds to it. Where Feishu does not show the person to the app, the event is used alone. Events of Feishu People have ids only.
 */
export const fetch: Fetch<FeishuApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? defaultHost }),
  async changedSince(event, api) {
    const { openId, employmentId } = event.payload as PeopleEvent;
    const isAboutPerson = event.type === resigned || asked.has(event.type);
    if (!isAboutPerson || openId !== undefined || employmentId === undefined) return undefined;
    return { events: [await aboutUser(event, employmentId, api)], isComplete: true };
  },
  async read(event, api) {
    if (asked.has(event.type)) return ofContacts(event, api);
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

/** The event of an employment as an event of the contacts' user, by whose id Authing knows the person. */
async function aboutUser(
  event: SourceEvent,
  employmentId: string,
  api: SourceApi<FeishuApiSecret>,
): Promise<SourceEvent> {
  const answer = await ask(
    conversion,
    {
      method: "POST",
      path: "/open-apis/corehr/v1/common_data/id/convert",
      // 1: from Feishu People to the contacts.
      query: { id_transform_type: "1", id_type: "user_id", feishu_user_id_type: "open_id" },
      json: { ids: [employmentId] },
    },
    api,
  );
  const items = at(answer, "data.items").value;
  if (!Array.isArray(items)) throw sourceFailure("source-answer-unexpected");
  const item = items.find((each) => isJsonObject(each) && readId(each.id) === employmentId);
  const openId = isJsonObject(item) ? readId(item.target_id) : undefined;
  if (openId === undefined) {
    waitUntilVisible(event, api.now());
    throw personNotShown("data.items");
  }
  const payload = { ...(event.payload as PeopleEvent), openId } satisfies PeopleEvent;
  return { ...event, id: `${event.id}#${openId}`.slice(0, 256), subject: openId, payload };
}

async function ofContacts(event: SourceEvent, api: SourceApi<FeishuApiSecret>): Promise<PeopleEvent> {
  const said = event.payload as PeopleEvent;
  if (said.openId === undefined) return said;
  const user = await readPerson(feishu, said.openId, api);
  // The contacts get a person some time after Feishu People.
  if (!user) waitUntilVisible(event, api.now());
  return { ...said, ...(user && { user }) };
}
