import { createHmac } from "node:crypto";
import { plainWord } from "#lib/fields/encode.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import type { EmployeeMessage } from "./split.ts";

/** What of the secret is for asking 薪人薪事; both or none. */
export interface XinrenxinshiApiSecret {
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly apiHost?: string;
}

/** What `translate` reads. */
export interface FetchedEmployee extends Partial<EmployeeMessage> {
  /** As 薪人薪事 has them today: then nothing that was pushed is believed. */
  readonly employee?: JsonObject;
  /** 薪人薪事 was asked, and its answer holds no employee. */
  readonly isNotShown?: true;
}

/** The employees of one state are asked about at a time: 0 employed, 1 left, 2 to be hired, 8 deleted. */
const askedStatus: ReadonlyMap<string, number> = new Map([
  ["employee_entry", 0],
  ["employee_update", 0],
  ["employee_dismiss", 1],
  ["employee_delete", 8],
]);

const hints: FailureHints = {
  "source-credentials-refused":
    "compare appKey and appSecret in the secret of xinrenxinshi with the open platform of 薪人薪事",
};

const send = clientCredentials<XinrenxinshiApiSecret>({
  path: "/authorize/oauth/token",
  clientId: ({ appKey = "" }) => appKey,
  clientSecret: ({ appSecret = "" }) => appSecret,
  authentication: "body",
  authorized: (request, token) => ({ ...request, headers: { ...request.headers, access_token: token } }),
  hints,
});

export const canAsk = ({ appKey = "", appSecret = "" }: XinrenxinshiApiSecret): boolean =>
  appKey !== "" && appSecret !== "";

/**
 * Reads the employee an event is about, and asks 薪人薪事 to confirm a departure, since a push is proven by its URL only. Without
 * credentials for the API an event stays as it was.
 */
export const fetch: Fetch<XinrenxinshiApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.xinrenxinshi.com" }),
  async read(event, api) {
    const said = event.payload as EmployeeMessage;
    const status = askedStatus.get(event.type);
    if (status === undefined || !canAsk(api.secret)) return said;

    const employee = await readEmployee(said.employeeId, status, api);
    const isDeparture = event.type === "employee_dismiss" || event.type === "employee_delete";
    if (isDeparture && !(employee && hasLeft(employee))) refuseDeparture(event, api.now());
    if (!employee) waitUntilVisible(event, api.now());
    const { employeeId } = said;
    return {
      employeeId,
      ...(employee ? { employee } : { isNotShown: true as const }),
    } satisfies FetchedEmployee;
  },
};

export function hasLeft({ status }: JsonObject): boolean {
  return plainWord(status) === "1" || plainWord(status) === "8";
}

/**
 * The employee, if they have this status. `undefined` where the answer holds no employee.
 * https://api.xinrenxinshi.com/doc/v3/page/employee/employeeDetailByHead_v5.html
 */
export async function readEmployee(
  employeeId: string,
  status: number,
  api: SourceApi<XinrenxinshiApiSecret>,
): Promise<JsonObject | undefined> {
  const data = await ask("/v5/employee/head/detail", { employeeId, status }, api);
  if (data === null) return undefined;
  if (!isJsonObject(data)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(employeeId, data.employeeId, "data.employeeId");
  return data;
}

/** Posts a question, signed. Resolves to `data` of the answer. */
export async function ask(
  path: string,
  question: JsonObject,
  api: SourceApi<XinrenxinshiApiSecret>,
): Promise<unknown> {
  const json = { ...question, timestamp: Math.floor(api.now()) };
  // The signature is of the body as it is sent.
  const sign = createHmac("sha1", api.secret.appSecret ?? "")
    .update(JSON.stringify(json))
    .digest("base64");
  const { errcode, data } = objectIn(await send({ method: "POST", path, query: { sign }, json }, api), {
    hints,
  });
  if (plainWord(errcode) === "0") return data;
  // What the codes mean is published nowhere: it may be that the token has ended.
  api.forgetToken();
  throw sourceFailure("source-answer-unexpected");
}
