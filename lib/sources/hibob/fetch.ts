import type { Fetch } from "#lib/contract/source.ts";
import type { ApiAnswer, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { refuseAnother, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import type { BobEvent } from "./split.ts";

export interface BobApiSecret {
  readonly serviceUserId: string;
  readonly serviceUserToken: string;
  readonly apiHost?: string;
}

/** Everything that becomes something in Authing, and what customers like to map by themselves. Bob omits what it does not know. */
const fields = [
  "root.id",
  "root.email",
  "root.firstName",
  "root.middleName",
  "root.surname",
  "root.displayName",
  "home.privateEmail",
  "home.mobilePhone",
  "work.workMobile",
  "work.department",
  "work.employeeIdInCompany",
  "work.site",
  "work.startDate",
  "work.title",
  "personal.birthDate",
  "address.city",
  "address.country",
  "address.line1",
  "address.postCode",
  "internal.status",
  "internal.lifecycleStatus",
  "internal.terminationDate",
] as const;

/** https://apidocs.hibob.com/docs/people-read-api-contract */
const bob: RestApi<BobApiSecret> = {
  send: (request, api) => {
    const { serviceUserId, serviceUserToken } = api.secret;
    const credentials = Buffer.from(`${serviceUserId}:${serviceUserToken}`).toString("base64");
    return api.request({ ...request, headers: { authorization: `Basic ${credentials}` } });
  },
  hints: {
    "source-credentials-refused":
      "store a service user whose permission group may view the fields of all employees that the README names",
  },
};

/** Events for which the employee is read. One who has left or was deleted needs nothing that Bob could add. */
const isAskedAbout = (type: string): boolean =>
  /^(?:employee\.(?:created|updated|joined|activated|inactivated)|table\.entry\.(?:created|updated))$/.test(
    type,
  );

/** Reads the employee an event is about. */
export const fetch: Fetch<BobApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.hibob.com" }),

  async read(event, api) {
    if (!isAskedAbout(event.type)) return event.payload;
    const employee = await readEmployee(event.subject, api);
    if (employee) return { fields: employee } satisfies BobEvent;
    // Bob does not show people that the service user may not see, so that no answer is no departure: departures have events of their own.
    waitUntilVisible(event, api.now());
    return event.payload;
  },
};

/** One employee, inactive ones included; `undefined` where Bob shows none of this id. */
export async function readEmployee(
  id: string,
  api: SourceApi<BobApiSecret>,
): Promise<JsonObject | undefined> {
  const filters = [{ fieldPath: "root.id", operator: "equals", values: [id] }];
  const [employee, ...others] = await search({ filters }, api);
  if (employee === undefined) return undefined;
  const found = isJsonObject(employee) ? fieldsOf(employee) : {};
  refuseAnother(id, found["root.id"], "root.id");
  if (others.length > 0) throw sourceFailure("source-answer-unexpected");
  return found;
}

/** The records of a search, inactive employees included. https://apidocs.hibob.com/reference/post_people-search */
export async function search(
  query: Readonly<Record<string, unknown>>,
  api: SourceApi<BobApiSecret>,
): Promise<readonly unknown[]> {
  const json = { fields, showInactive: true, ...query };
  const answer: ApiAnswer = await bob.send({ method: "POST", path: "/v1/people/search", json }, api);
  const { employees } = objectIn(answer, bob);
  if (!Array.isArray(employees)) throw sourceFailure("source-answer-unexpected");
  return employees;
}

/**
 * A record's fields by Bob's ids of them. Bob writes them flat, `"/work/title": {"value": …}`, or nested, `"work": {"title": …}`, those of
 * `root` then at the top.
 */
export function fieldsOf(record: JsonObject): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      const flat = record[`/${field.replaceAll(".", "/")}`];
      const value = isJsonObject(flat) ? flat.value : at(record, field.replace(/^root\./, "")).value;
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** The id of a record; `undefined` where it has none that can be read. */
export const idOf = (record: unknown): string | undefined =>
  isJsonObject(record) ? readId(fieldsOf(record)["root.id"]) : undefined;
