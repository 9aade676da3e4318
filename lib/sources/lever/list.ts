import type { ListedPerson, Listing, ListPage } from "#lib/contract/source.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { peopleByDepartment } from "#lib/source-apis/department-walk.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown } from "#lib/source-apis/people.ts";
import { canAsk, fetch, pageOf, readOpportunity, typeOfReason, type LeverApiSecret } from "./fetch.ts";
import type { LeverEvent } from "./split.ts";

/**
 * The opportunities that are archived for a reason of the type Hired, 100 a page, reason by reason: other candidates are not people of the
 * company. Confidential ones are not in it, and it has no total. https://hire.lever.co/developer/documentation#list-all-opportunities
 */
export const list: Listing<LeverApiSecret> = {
  hosts: fetch.hosts,
  page: peopleByDepartment<LeverApiSecret>({
    async departments(api, cursor) {
      requireCredentials(api.secret);
      const { records, next } = await pageOf("archive_reasons", { type: "hired" }, cursor, api);
      const ids = records.flatMap((reason) => {
        const id = readId(at(reason, "id").value);
        // A reason that cannot be read would take its people out of the list.
        if (id === undefined || isEmpty(at(reason, "type").value)) {
          throw sourceFailure("source-answer-unexpected");
        }
        return plainWord(at(reason, "type").value) === "hired" ? [id] : [];
      });
      return { ids, next };
    },
    async people(api, reason, cursor): Promise<ListPage> {
      const query = { archive_reason_id: reason };
      const { records, next } = await pageOf("opportunities", query, cursor, api);
      const people = records.flatMap((opportunity): ListedPerson[] => {
        const subject = readId(at(opportunity, "id").value);
        const isHired = at(opportunity, "archived.reason").value === reason;
        return subject === undefined || !isHired || !isJsonObject(opportunity)
          ? []
          : [listed(subject, opportunity, "hired")];
      });
      return {
        people,
        ...(next !== undefined && { next }),
        isComplete: people.length === records.length,
      };
    },
  }),
  async person(api, subject) {
    requireCredentials(api.secret);
    const opportunity = await readOpportunity(subject, api);
    // A candidate's record that is removed says nothing about the employee.
    if (!opportunity) throw personNotShown("data");
    const type = await typeOfReason(at(opportunity, "archived.reason").value, api);
    return listed(subject, opportunity, type);
  },
};

function requireCredentials(secret: LeverApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("apiKey");
}

/** Never active: Lever does not know whether a person who was hired still works there. */
function listed(subject: string, opportunity: JsonObject, typeNow: unknown): ListedPerson {
  const known = { opportunity, ...(typeNow !== undefined && { typeNow }) };
  return {
    subject,
    type: "candidateArchiveChange",
    payload: { known, isListed: true } satisfies LeverEvent,
  };
}
