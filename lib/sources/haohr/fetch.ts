import { plainWord } from "#lib/fields/encode.ts";
import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { CalendarDay } from "#lib/contract/change.ts";
import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { calendarDay } from "#lib/fields/date.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { ask, type CodeApi } from "#lib/source-apis/code-api.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import type { EmployeeReference } from "./split.ts";

interface ApiSecret {
  readonly corpId?: string;
  readonly appId?: string;
  readonly appSecret?: string;
  readonly employeePath?: string;
  readonly apiHost?: string;
}

/** What `translate` reads. */
export interface FetchedEmployee extends EmployeeReference {
  /** As 2号人事部 has them today. */
  readonly employee?: JsonObject;
  /** 2号人事部 was asked, and its answer does not hold the employee. */
  readonly isNotShown?: true;
  /** Of a departure that was confirmed. */
  readonly lastDay?: CalendarDay;
}

/** 4: has left. https://openapi.2haohr.com/doc/openapi/employee_transfer/ */
const departure = "4";

const haohr: CodeApi<ApiSecret> = {
  codeOf: ({ errcode }) => readId(errcode),
  // No list of codes is published: a new token shows whether any of them means that the token has ended.
  meanings: {},
  otherwise: "token-refused",
  token: {
    request: ({ corpId, appId, appSecret }) => ({
      method: "POST",
      path: "/api/home/get_token/",
      json: { corp_id: corpId, app_id: appId, app_secret: appSecret },
    }),
    field: "data.access_token",
    secondsField: "data.expires_in",
  },
  authorized: (request, token) => ({ ...request, query: { ...request.query, access_token: token } }),
  hints: {
    "source-credentials-refused":
      "compare corpId, appId and appSecret in the secret of haohr with the open platform of 2号人事部; or it answers with an errcode for another reason: ask its support",
  },
};

const asked: ReadonlySet<string> = new Set([
  "employee_add",
  "employee_re_entry",
  "employee_reduce",
  "employee_update",
  "employee_formal",
]);

/**
 * Reads the employee an event is about, and asks 2号人事部 to confirm a departure, since a delivery is proven by its URL only. Without
 * credentials for the API an event stays as it was.
 */
export const fetch: Fetch<ApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://openapi.2haohr.com" }),
  async read(event, api) {
    const { id } = event.payload as EmployeeReference;
    const { corpId = "", appId = "", appSecret = "", employeePath = "" } = api.secret;
    if (corpId === "" || appId === "" || appSecret === "") return { id };
    switch (event.type) {
      case "employee_leave":
        return { id, lastDay: await confirmedLastDay(event, api) } satisfies FetchedEmployee;
      case "employee_delete":
        // An employee who was deleted has no answer that is documented: only one who is there contradicts.
        if (employeePath !== "" && (await readEmployee(id, api))) refuseDeparture(event, api.now());
        return { id };
      default:
        if (!asked.has(event.type)) return event.payload;
        return employeePath === "" ? { id } : employeeOf(event, api);
    }
  },
};

async function employeeOf(event: SourceEvent, api: SourceApi<ApiSecret>): Promise<FetchedEmployee> {
  const { id } = event.payload as EmployeeReference;
  const employee = await readEmployee(id, api);
  if (!employee) waitUntilVisible(event, api.now());
  return { id, ...(employee ? { employee } : { isNotShown: true as const }) };
}

/** The last day of the employee whose latest transfer (异动) is a departure. */
async function confirmedLastDay(event: SourceEvent, api: SourceApi<ApiSecret>): Promise<CalendarDay> {
  const { id } = event.payload as EmployeeReference;
  const list = (await answered({ path: "/api/emp_transfer/", query: { ids: id } }, api)).data;
  if (!Array.isArray(list)) throw sourceFailure("source-answer-unexpected");
  const days = list.map((entry, index) => {
    refuseAnother(id, at(entry, "employee_id").value, `data[${index}].employee_id`);
    const isDeparture = plainWord(at(entry, "task_type").value) === departure;
    return { isDeparture, day: calendarDay(at(list, `[${index}].task_date`)) ?? "" };
  });
  const latest =
    days
      .map(({ day }) => day)
      .toSorted()
      .at(-1) ?? "";
  if (latest === "" || !days.some(({ isDeparture, day }) => isDeparture && day === latest)) {
    refuseDeparture(event, api.now());
  }
  return latest;
}

/** The employee, however the interface that the operator names wraps one: alone, in a list, or in a page of a list. */
async function readEmployee(id: string, api: SourceApi<ApiSecret>): Promise<JsonObject | undefined> {
  const { employeePath = "" } = api.secret;
  if (!/^\/[^/].*\{id\}/.test(employeePath)) {
    throw new InboundError("misconfigured", "source-host-wrong", {
      path: "employeePath",
      hint: "write the path of the interface for one employee into the secret, with {id} in place of the id: /api/…{id}",
    });
  }
  const { pathname, searchParams } = new URL(
    employeePath.replaceAll("{id}", encodeURIComponent(id)),
    "https://relative.invalid",
  );
  const { data } = await answered({ path: pathname, query: Object.fromEntries(searchParams) }, api);
  // A text is data that the open platform encrypts, which says nothing about the employee.
  if (typeof data !== "object") throw sourceFailure("source-answer-unexpected");
  const objects = isJsonObject(data) && Array.isArray(data.objects) ? data.objects : [data].flat();
  const found = objects.find((entry) => isJsonObject(entry) && idOf(entry) === id);
  if (!found && objects.some(isJsonObject)) refuseAnother(id, idOf(objects.find(isJsonObject)), "data.id");
  return found as JsonObject | undefined;
}

const idOf = (employee: JsonObject | undefined) => readId(employee?.id ?? employee?.employee_id);

async function answered(request: ApiRequest, api: SourceApi<ApiSecret>): Promise<JsonObject> {
  const answer = await ask(haohr, request, api);
  if (!answer) throw sourceFailure("source-answer-unexpected");
  return answer;
}
