import { at } from "#lib/fields/read.ts";
import { instant } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { CalendarDay } from "#lib/contract/change.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { ask, errcodeDialect, readPerson, type CodePerson } from "#lib/source-apis/code-api.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown, refuseAnother, waitUntilVisible } from "#lib/source-apis/people.ts";
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
  /** Of a departure in the human resources app. */
  readonly lastDay?: CalendarDay;
}

/** In the human resources app (智能人事): 1 hired, 2 end of the trial, 3 transferred, 4 left, 8 promoted. */
const left = "hrm_mdm_user_change.4";
/** Types about a person who is read from the contacts. */
const asked: ReadonlySet<string> = new Set([
  "user_add_org",
  "user_modify_org",
  "hrm_mdm_user_change.1",
  "hrm_mdm_user_change.2",
  "hrm_mdm_user_change.3",
  "hrm_mdm_user_change.8",
  "hrm_user_record_change",
]);

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
    if (event.type === left) return leaving(event, api);
    // DingTalk's API does not return people who have left.
    if (!asked.has(event.type)) return event.payload;

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

/** What DingTalk's last day is written in: midnight in Beijing. */
const beijingMilliseconds = 8 * 60 * 60_000;

/**
 * The last day of an employee who leaves, as the human resources app has it: the event does not say whether that day is over. Who does not
 * leave is not in the answer. https://open.dingtalk.com/document/orgapp/intelligent-personnel-obtain-employee-turnover-information
 */
async function leaving(event: SourceEvent, api: SourceApi<DingTalkApiSecret>): Promise<FetchedPerson> {
  const { userId } = event.payload as PersonReference;
  const request = {
    method: "POST",
    path: "/topapi/smartwork/hrm/employee/listdimission",
    json: { userid_list: userId },
  } as const;
  const { value: list } = at(await ask(dingtalk, request, api), "result");
  if (!Array.isArray(list)) throw sourceFailure("source-answer-unexpected");
  if (list.length === 0) {
    waitUntilVisible(event, api.now());
    throw personNotShown("result");
  }
  refuseAnother(userId, at(list, "[0].userid").value, "result[0].userid");
  const lastDay = instant(at(list, "[0].last_work_day").value, "milliseconds");
  if (lastDay === undefined) throw new InboundError("malformed", "date-invalid", { path: "last_work_day" });
  const day = new Date(Date.parse(lastDay) + beijingMilliseconds).toISOString().slice(0, 10);
  return { userId, lastDay: day };
}
