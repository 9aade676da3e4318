import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import { aboutEmployees, type FactorialEvent } from "./split.ts";

export interface FactorialApiSecret {
  readonly apiKey?: string;
  readonly apiHost?: string;
}

/** The key looks like a token, and is no bearer token. https://apidoc.factorialhr.com/docs/api-keys */
const factorial: RestApi<FactorialApiSecret> = {
  send: (request, api) => api.request({ ...request, headers: { "x-api-key": api.secret.apiKey ?? "" } }),
  hints: { "source-credentials-refused": "store an API key that may read the employees" },
};

/**
 * A page of employees, those who have left included. It is asked for one employee, too: an empty list says clearly that there is none,
 * which the 404 of a single one, whose body is not documented, does not. https://apidoc.factorialhr.com/reference
 */
export async function readEmployees(
  query: Readonly<Record<string, string>>,
  api: SourceApi<FactorialApiSecret>,
): Promise<JsonObject & { readonly data: readonly unknown[] }> {
  const path = "/api/2026-07-01/resources/employees/employees";
  const everybody = { only_active: "false", only_managers: "false" };
  const answer = objectIn(await factorial.send({ path, query: { ...everybody, ...query } }, api), factorial);
  const { data } = answer;
  if (!Array.isArray(data)) throw sourceFailure("source-answer-unexpected");
  return { ...answer, data };
}

/** `undefined` where Factorial shows no employee of this id. */
export async function readEmployee(
  id: string,
  api: SourceApi<FactorialApiSecret>,
): Promise<JsonObject | undefined> {
  const [employee, ...others] = (await readEmployees({ "ids[]": id }, api)).data;
  if (others.length > 0) throw sourceFailure("source-answer-unexpected");
  if (employee === undefined) return undefined;
  if (!isJsonObject(employee)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, employee.id, "data[0].id");
  return employee;
}

export const canAsk = ({ apiKey = "" }: FactorialApiSecret): boolean => apiKey !== "";

/** Reads the employee an event is about. Without a key the delivery is believed. */
export const fetch: Fetch<FactorialApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.factorialhr.com" }),
  async read(event, api) {
    if (!aboutEmployees.test(event.type) || !canAsk(api.secret)) return event.payload;
    const employee = await readEmployee(event.subject, api);
    if (!employee && event.type.endsWith("/create_with_contract")) waitUntilVisible(event, api.now());
    if (employee && tellsDeparture(event, employee)) refuseDeparture(event, api.now());
    return { employee: employee ?? null } satisfies FactorialEvent;
  },
};

/** Whether an event tells a departure of which the API knows nothing. Deliveries are not signed: such an event may be forged. */
const tellsDeparture = ({ type }: SourceEvent, employee: JsonObject): boolean =>
  type.endsWith("/terminate") && employee.active !== false && isEmpty(employee.terminated_on);
