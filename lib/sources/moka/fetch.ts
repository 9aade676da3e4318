import { createPrivateKey, randomBytes, sign, type KeyObject } from "node:crypto";
import { at } from "#lib/fields/read.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { failureOf, sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import type { EmployeeReference } from "./split.ts";

/** What of the secret is for asking Moka People; all of it or nothing. */
export interface MokaApiSecret {
  readonly apiCode?: string;
  readonly apiKey?: string;
  readonly entCode?: string;
  readonly userName?: string;
  readonly privateKey?: string;
  readonly apiHost?: string;
}

/** What `translate` reads of an employee. */
export interface FetchedEmployee extends EmployeeReference {
  /** As Moka's API has them today. Which fields there are is chosen in Moka, for each interface. */
  readonly employee?: JsonObject;
  /** Moka was asked, and its answer does not hold the employee. */
  readonly isNotShown?: true;
}

const hints: FailureHints = {
  "source-credentials-refused":
    "compare apiKey, entCode, userName and privateKey with what Moka's customer success manager gave you, and apiCode with 设置 → 对外接口设置",
};

export const canAsk = ({
  apiKey = "",
  entCode = "",
  userName = "",
  privateKey = "",
}: MokaApiSecret): boolean => ![apiKey, entCode, userName, privateKey].includes("");

/**
 * Reads the employee an event is about, and asks Moka to confirm a departure, since nothing of a push is signed. Without credentials for
 * the API an event stays as it was.
 */
export const fetch: Fetch<MokaApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.mokahr.com" }),
  async read(event, api) {
    const { type, payload } = event;
    if (type !== "people.1.1" && type !== "people.1.2" && type !== "people.1.3") return payload;
    const { employeeId } = payload as EmployeeReference;
    if (!canAsk(api.secret)) return { employeeId };

    const employee = await readEmployee(employeeId, api);
    if (type === "people.1.2") {
      // Whether the interface shows those who have left is not documented: who is not shown is no contradiction.
      if (employee && !hasLeft(employee)) refuseDeparture(event, api.now());
    } else if (!employee) {
      waitUntilVisible(event, api.now());
    }
    return {
      employeeId,
      ...(employee ? { employee } : { isNotShown: true as const }),
    } satisfies FetchedEmployee;
  },
};

/** Moka's words for an employment are numbers in `employee_status_id` and Chinese in `employee_status`. */
export function hasLeft(employee: JsonObject): boolean {
  const { employee_status_id: id, employee_status: said } = employee;
  return plainWord(id) === "2" || plainWord(said) === "离职";
}

/** `undefined` where Moka does not show the employee. */
export async function readEmployee(
  id: string,
  api: SourceApi<MokaApiSecret>,
): Promise<JsonObject | undefined> {
  const { list } = await employees({ pageSize: 10, pageNum: 1, uuidList: [id] }, api);
  const found = list.find((entry) => isJsonObject(entry) && readId(entry.uuid) === id);
  // Other people only: the question was not understood.
  if (!found && list.length > 0) refuseAnother(id, at(list, "[0].uuid").value, "data.list[0].uuid");
  return found as JsonObject | undefined;
}

/**
 * A page of employees, and `data` around it, for its counts. https://people.mokahr.com/docs/api/view/v1.html (员工任职数据接口)
 */
export async function employees(
  json: JsonObject,
  api: SourceApi<MokaApiSecret>,
): Promise<{ list: readonly unknown[]; data: JsonObject }> {
  const answer = await api.request({
    method: "POST",
    path: "/api-platform/hcm/oapi/v1/batch/data",
    query: signedQuery(api),
    headers: { authorization: `Basic ${Buffer.from(`${api.secret.apiKey}:`).toString("base64")}` },
    json,
  });
  const said = isJsonObject(answer.json) ? answer.json : {};
  const { code, data } = said;
  if (answer.status === 200) {
    const list = isJsonObject(data) ? data.list : undefined;
    if (plainWord(code) === "200" && isJsonObject(data) && Array.isArray(list)) return { list, data };
    // 没有进入系统权限，请检查授权码是否准确
    if (plainWord(code) === "100001") throw sourceFailure("source-credentials-refused", hints);
  }
  // 3 requests a second and 60 a minute; the one after that is answered with this, by HTTP's status or by the code.
  if (plainWord(code) === "600") throw sourceFailure("source-throttles");
  throw sourceFailure(failureOf(answer), hints);
}

/** The parameters in the order of their names, signed with RSA and MD5, which is what Moka verifies. */
function signedQuery(api: SourceApi<MokaApiSecret>): Record<string, string> {
  const { apiCode = "", entCode = "", userName = "", privateKey = "" } = api.secret;
  const query: Record<string, string> = {
    apiCode,
    entCode,
    // Not longer than 8 characters, and none twice within 5 minutes.
    nonce: randomBytes(4).toString("hex"),
    timestamp: String(Math.floor(api.now())),
    userName,
  };
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return { ...query, sign: sign("RSA-MD5", Buffer.from(text), keyOf(privateKey)).toString("base64") };
}

function keyOf(privateKey: string): KeyObject {
  try {
    return privateKey.includes("-----BEGIN")
      ? createPrivateKey(privateKey)
      : createPrivateKey({ key: Buffer.from(privateKey, "base64"), format: "der", type: "pkcs8" });
  } catch {
    // Node's own message is not kept: it may tell of the key.
    throw new InboundError("misconfigured", "source-credentials-refused", {
      path: "privateKey",
      hint: "write the RSA key into the secret as a PEM, or as the Base64 of PKCS#8",
    });
  }
}
