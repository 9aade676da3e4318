import { at, isEmpty } from "#lib/fields/read.ts";
import { calendarDate } from "#lib/fields/date.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { EmployeeReference, EmployeeWithFields } from "./split.ts";

export interface BambooApiSecret {
  readonly companyDomain?: string;
  readonly apiKey?: string;
  readonly apiHost?: string;
}

/** Everything that becomes something in Authing, and what customers like to map by themselves. BambooHR takes 400 names. */
const fields = [
  "firstName",
  "middleName",
  "lastName",
  "preferredName",
  "workEmail",
  "homeEmail",
  "mobilePhone",
  "gender",
  "dateOfBirth",
  "address1",
  "address2",
  "city",
  "state",
  "zipcode",
  "country",
  "employeeNumber",
  "status",
  "department",
  "jobTitle",
  "hireDate",
  "terminationDate",
].join(",");

/** How BambooHR writes that there is no date. */
export const noDate = "0000-00-00";
const terminationDate = "terminationDate";

/** https://documentation.bamboohr.com/reference/get-employee */
export const bamboohr: RestPerson<BambooApiSecret> = {
  send: (request, api) =>
    api.request({
      ...request,
      headers: { authorization: `Basic ${Buffer.from(`${api.secret.apiKey}:x`).toString("base64")}` },
    }),
  request: (id) => ({ path: `/api/v1/employees/${id}`, query: { fields } }),
  idPath: "id",
  // BambooHR's own errors have a header that no other host's 404 has: https://documentation.bamboohr.com/docs/api-details
  isUnknown: ({ status, headers }) => status === 404 && headers["x-bamboohr-error-message"] !== undefined,
  hints: {
    "source-credentials-refused": "store an API key of a user who may see every employee",
    "source-host-wrong": "write the part before .bamboohr.com into the secret as companyDomain",
  },
};

/**
 * Reads the employee an event-based event is about, in the shape in which field-based ones come; those, and deletions, need
 * nothing. Without a key for the API, an event stays as it was, and `translate` decides about it.
 */
export const fetch: Fetch<BambooApiSecret> = {
  hosts({ companyDomain = "", apiHost }) {
    if (apiHost !== undefined) return { api: apiHost };
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(companyDomain)) {
      throw new InboundError("misconfigured", "source-host-wrong", {
        path: "companyDomain",
        hint: "write the part before .bamboohr.com into the secret: no https://, no dots",
      });
    }
    return { api: `https://${companyDomain}.bamboohr.com` };
  },

  async read(event, api) {
    if (event.type !== "employee.created" && event.type !== "employee.updated") return event.payload;
    const reference = event.payload as EmployeeReference;
    const { apiKey = "", companyDomain = "", apiHost } = api.secret;
    if (apiKey === "" || (companyDomain === "" && apiHost === undefined)) return reference;

    const { employeeId, changedFields } = reference;
    refuseOtherPath(employeeId, "data.employeeId");
    const employee = await readEmployee(employeeId, api);
    if (employee) return withFields(employeeId, employee, changedFields);
    if (event.type === "employee.created") waitUntilVisible(event, api.now());
    return { ...reference, isGone: true } satisfies EmployeeReference;
  },

  // https://documentation.bamboohr.com/reference/list-webhooks-1: those of the key's own user, each of which is on. That another user, or
  // the settings page, has made one is not shown.
  async isHookOn(api, url) {
    if ((api.secret.apiKey ?? "") === "") return undefined;
    const { webhooks } = objectIn(await bamboohr.send({ path: "/api/v1/webhooks" }, api), bamboohr);
    if (!Array.isArray(webhooks)) throw sourceFailure("source-answer-unexpected");
    return webhooks.some((hook) => at(hook, "url").value === url) || undefined;
  },
};

/**
 * Department, job title and status of an employee who is still to come take effect with the first day: until then BambooHR shows them only
 * where it is asked for what lies ahead, too. Of the others it would show a planned move as if it were done.
 */
export async function readEmployee(
  employeeId: string,
  api: SourceApi<BambooApiSecret>,
): Promise<JsonObject | undefined> {
  const employee = await readPerson(bamboohr, employeeId, api);
  if (!employee || !startsAfter(employee.hireDate, api.now() - dayMilliseconds)) return employee;
  return readPerson(ahead, employeeId, api);
}

const ahead: RestPerson<BambooApiSecret> = {
  ...bamboohr,
  request: (id) => ({ path: `/api/v1/employees/${id}`, query: { fields, onlyCurrent: "false" } }),
};

const dayMilliseconds = 86_400_000;

/** Whether a day is after the one of a moment, in UTC; a day earlier, it is in no time zone. */
function startsAfter(hireDate: unknown, moment: number): boolean {
  const date = calendarDate(hireDate);
  return date.problem === undefined && date.day > new Date(moment).toISOString().slice(0, 10);
}

/**
 * BambooHR reads 0 as the employee who owns the key, and a dot would be another path.
 *
 * @throws InboundError `malformed` `id-malformed`.
 */
export function refuseOtherPath(employeeId: string, path: string): void {
  if (/^[\w-]+$/.test(employeeId) && employeeId !== "0") return;
  throw new InboundError("malformed", "id-malformed", { path });
}

/**
 * BambooHR's answer about an employee as `translate` reads it. Fields that the key may not see are missing or `null`. So an empty
 * termination date says that none is planned where BambooHR says that it changed, or writes its "no date"; and without the
 * status a termination date says nothing, since an employee who came back keeps the old one.
 */
export function withFields(id: string, answer: JsonObject, changedFields: readonly string[]) {
  const isSilent = isEmpty(answer.status);
  const known = Object.entries(answer).filter(([name, value]) => {
    if (name === "id") return false;
    if (name !== terminationDate) return value !== noDate;
    return !isSilent && (value !== null || changedFields.includes(terminationDate));
  });
  return { id, fields: Object.fromEntries(known), changedFields } satisfies EmployeeWithFields;
}
