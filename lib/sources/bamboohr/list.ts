import { plainWord } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedDepartment } from "#lib/contract/departments.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, objectIn } from "#lib/source-apis/rest-api.ts";
import { bamboohr, fetch, readEmployee, refuseOtherPath, withFields, type BambooApiSecret } from "./fetch.ts";

/**
 * The list's names of fields → the names of one employee, which `translate` and the configuration know. Beside these the list
 * always has first, last and preferred name, job title and status; it has no custom fields.
 */
const names: Readonly<Record<string, string>> = {
  middleName: "middleName",
  workEmail: "workEmail",
  homeEmail: "homeEmail",
  mobilePhone: "mobilePhone",
  gender: "gender",
  birthDate: "dateOfBirth",
  addressLine1: "address1",
  addressLine2: "address2",
  city: "city",
  state: "state",
  zipcode: "zipcode",
  country: "country",
  employeeNumber: "employeeNumber",
  departmentName: "department",
  jobTitleName: "jobTitle",
  terminationDate: "terminationDate",
};
/** Of the list alone: a picture that is signed for a short time, and what the key may not see, which is `null` besides. */
const ownToTheList = new Set(["employeeId", "photoUrl", "_restrictedFields"]);

/**
 * The employees of the company, 500 a page, the inactive ones included; only deleted ones are not in it. An employee
 * whose fields the key may not see is in it with an id and empty fields, which change nothing.
 * https://documentation.bamboohr.com/reference/list-employees
 */
export const list: Listing<BambooApiSecret> = {
  hosts: fetch.hosts,
  async page(api, after) {
    requireKey(api.secret);
    const query = {
      fields: Object.keys(names).join(","),
      // An order that stays while people are renamed.
      sort: "employeeId",
      "page[limit]": "500",
      ...(after !== undefined && { "page[after]": after }),
    };
    const answer = objectIn(await bamboohr.send({ path: "/api/v1/employees", query }, api), bamboohr);
    const { data: employees } = answer;
    const pages = at(answer, "meta.page").value;
    // Without it the last page could not be told from any other.
    if (!Array.isArray(employees) || !isJsonObject(pages)) throw sourceFailure("source-answer-unexpected");
    const people = employees.flatMap(listed);
    const [next, total] = [pages.nextCursor ?? "", at(answer, "meta.total").value];
    if (typeof next !== "string") throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(next !== "" && { next }),
      ...(typeof total === "number" && { total }),
      isComplete: people.length === employees.length,
    };
  },
  async person(api, subject) {
    requireKey(api.secret);
    refuseOtherPath(subject, "id");
    const employee = await readEmployee(subject, api);
    // Fields that the key may not see are missing here, or empty: what is empty tells nothing.
    return employee && asChanged(subject, employee, (name) => isEmpty(employee[name]));
  },
  // https://documentation.bamboohr.com/reference/get-list-fields: one list without levels. Employees have a department's name, not its id.
  async departments(api) {
    requireKey(api.secret);
    const lists = listIn(await bamboohr.send({ path: "/api/v1/meta/lists" }, api), bamboohr);
    const found = lists.find((each) => at(each, "alias").value === "department");
    const options = at(found, "options").value;
    if (!Array.isArray(options)) throw sourceFailure("source-answer-unexpected");
    return { departments: options.filter((each) => at(each, "archived").value !== "yes").map(departmentOf) };
  },
};

function requireKey({ apiKey = "" }: BambooApiSecret): void {
  if (apiKey !== "") return;
  throw new InboundError("misconfigured", "api-key-missing", {
    hint: "store companyDomain and apiKey in the secret of bamboohr",
  });
}

function departmentOf(option: unknown): ListedDepartment {
  const { value: name } = at(option, "name");
  if (typeof name !== "string" || isEmpty(name)) throw sourceFailure("source-answer-unexpected");
  return { id: name, name };
}

function listed(employee: unknown): ListedPerson[] {
  const subject = isJsonObject(employee) ? readId(employee.employeeId) : undefined;
  if (subject === undefined || !isJsonObject(employee)) return [];
  const hidden = Array.isArray(employee._restrictedFields) ? employee._restrictedFields : [];
  return [asChanged(subject, renamed(employee), (name) => hidden.includes(name))];
}

/**
 * That BambooHR shows a status does not say that it has changed, which alone may open an account. What is empty since the key may not see
 * it has not become empty.
 */
function asChanged(subject: string, fields: JsonObject, isHidden: (name: string) => boolean): ListedPerson {
  const changed = Object.keys(fields).filter((name) => name !== "status" && !isHidden(name));
  return {
    subject,
    type: "employee_with_fields.updated",
    payload: withFields(subject, fields, changed),
    ...(!isHidden("status") && plainWord(fields.status) === "active" && { isActive: true as const }),
  };
}

function renamed(employee: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(employee)
      .filter(([name]) => !ownToTheList.has(name))
      .map(([name, value]) => [Object.hasOwn(names, name) ? names[name] : name, value]),
  );
}
