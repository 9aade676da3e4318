import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import type { EmployeeReference, EmployeeWithFields } from "./split.ts";

interface BambooApiSecret {
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
  "terminationDate",
].join(",");

/** How BambooHR writes that there is no date. */
const noDate = "0000-00-00";
/** An employee who is announced and cannot be read so long after is not coming any more. */
const becomesVisibleWithinMilliseconds = 10 * 60_000;

/**
 * Reads the employee an event-based event is about, in the shape in which field-based ones come; those, and deletions, need
 * nothing. Without a key to ask with, an event stays what it was, and `translate` says what that means.
 *
 * https://documentation.bamboohr.com/reference/get-employee
 */
export const fetch: Fetch<BambooApiSecret> = {
  host({ companyDomain = "", apiHost }) {
    if (apiHost !== undefined) return apiHost;
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(companyDomain)) {
      throw new InboundError("misconfigured", "source-host-wrong", {
        path: "companyDomain",
        hint: "write the part before .bamboohr.com into the secret: no https://, no dots",
      });
    }
    return `https://${companyDomain}.bamboohr.com`;
  },

  async read(event, api) {
    if (event.type !== "employee.created" && event.type !== "employee.updated") return event.payload;
    const reference = event.payload as EmployeeReference;
    const { apiKey = "", companyDomain = "", apiHost } = api.secret;
    if (apiKey === "" || (companyDomain === "" && apiHost === undefined)) return reference;

    const { employeeId, changedFields } = reference;
    // 0 is whoever the key belongs to, and a dot would be another path.
    if (!/^[\w-]+$/.test(employeeId) || employeeId === "0") {
      throw new InboundError("malformed", "id-malformed", { path: "data.employeeId" });
    }
    const { status, json } = await api.request({
      path: `/api/v1/employees/${employeeId}`,
      query: { fields },
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:x`).toString("base64")}` },
    });
    if (status === 200 && isJsonObject(json)) {
      const { id, ...known } = json;
      if ((readId(id) ?? employeeId) !== employeeId) {
        throw new InboundError("malformed", "employee-is-another", { path: "id" });
      }
      return {
        id: employeeId,
        fields: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== noDate)),
        changedFields,
      } satisfies EmployeeWithFields;
    }
    if (status === 401 || status === 403) {
      throw new InboundError("misconfigured", "source-credentials-refused", {
        hint: "store an API key of a user who may see every employee",
      });
    }
    if (status === 404) {
      const age = api.now() - Date.parse(event.occurredAt);
      if (event.type === "employee.created" && age < becomesVisibleWithinMilliseconds) {
        throw new InboundError("unavailable", "person-not-visible-yet");
      }
      return { ...reference, isGone: true } satisfies EmployeeReference;
    }
    if (status >= 300 && status < 400) {
      throw new InboundError("misconfigured", "source-host-wrong", { path: "companyDomain" });
    }
    throw new InboundError("unavailable", "source-answer-unexpected");
  },
};
