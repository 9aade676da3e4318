import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { listIn, readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, gusto, type GustoApiSecret } from "./fetch.ts";
import type { GustoEvent } from "./split.ts";

/**
 * The employees of the company, 100 a page, those who have left included. Contractors and deleted employees are not in it.
 * https://docs.gusto.com/app-integrations/reference/get-v1-companies-company_id-employees
 */
export const list: Listing<GustoApiSecret> = {
  hosts: fetch.hosts,
  async page(api, page = "1") {
    const company = requireAccess(api);
    const path = `/v1/companies/${encodeURIComponent(company)}/employees`;
    const answer = await gusto.send({ path, query: { page, per: "100" } }, api);
    const employees = listIn(answer, gusto);
    const [at, pages, total] = ["x-page", "x-total-pages", "x-total-count"].map((name) =>
      count(answer.headers[name]),
    );
    // Without the headers the last page could not be told from any other; another page than the one asked for has other people.
    const isOther = employees.length > 0 && String(at) !== page;
    if (isOther || pages === undefined || total === undefined) {
      throw sourceFailure("source-answer-unexpected");
    }
    const people = employees.flatMap((employee): ListedPerson[] => {
      const subject = isJsonObject(employee) ? readId(employee.uuid) : undefined;
      return subject === undefined || !isJsonObject(employee) ? [] : [listed(subject, employee)];
    });
    return {
      people,
      ...(Number(page) < pages && { next: String(Number(page) + 1) }),
      total,
      isComplete: people.length === employees.length,
    };
  },
  async person(api, subject) {
    requireAccess(api);
    const employee = await readPerson(gusto, subject, api);
    return employee && listed(subject, employee);
  },
};

const count = (header = ""): number | undefined => (/^\d{1,9}$/.test(header) ? Number(header) : undefined);

function requireAccess({ secret }: SourceApi<GustoApiSecret>): string {
  const { companyUuid = "" } = secret;
  if (canAsk(secret) && companyUuid !== "") return companyUuid;
  throw credentialsMissing("accessToken and companyUuid");
}

function listed(subject: string, employee: JsonObject): ListedPerson {
  return { subject, type: "employee.updated", payload: { employee } satisfies GustoEvent };
}
