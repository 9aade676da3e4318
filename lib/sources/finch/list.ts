import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, finch, readIndividual, readRecords, recordOf, type FinchApiSecret } from "./fetch.ts";
import type { FinchEvent, FinchPerson } from "./split.ts";

const peopleInPage = 50;

/**
 * The individuals of the connection, 50 a page, those who have left included: the directory says who there is, and two requests more read
 * these individuals and their employments. Contractors are in it where the provider lists them.
 * https://developer.tryfinch.com/api-reference/organization/directory
 */
export const list: Listing<FinchApiSecret> = {
  hosts: fetch.hosts,
  async page(api, offset = "0") {
    requireToken(api);
    const query = { limit: String(peopleInPage), offset };
    const answer = objectIn(await finch.send({ path: "/employer/directory", query }, api), finch);
    const { individuals } = answer;
    const total = at(answer, "paging.count").value;
    // Without the count the last page could not be told from any other.
    if (!Array.isArray(individuals) || typeof total !== "number")
      throw sourceFailure("source-answer-unexpected");
    const ids = individuals.flatMap((entry: unknown) =>
      isJsonObject(entry) ? (readId(entry.id) ?? []) : [],
    );
    const people = ids.length === 0 ? [] : await readPeople(ids, api);
    const end = Number(offset) + individuals.length;
    return {
      people,
      ...(individuals.length > 0 && end < total && { next: String(end) }),
      total,
      isComplete: people.length === individuals.length,
    };
  },
  async person(api, subject) {
    requireToken(api);
    const person = await readIndividual(subject, api);
    return person && listed(subject, person);
  },
};

async function readPeople(ids: readonly string[], api: SourceApi<FinchApiSecret>): Promise<ListedPerson[]> {
  const individuals = await readRecords("individual", ids, api);
  const employments = await readRecords("employment", ids, api);
  return ids.flatMap((id) => {
    const [individual, employment] = [recordOf(individuals, id), recordOf(employments, id)];
    return individual ? [listed(id, { individual, ...(employment && { employment }) })] : [];
  });
}

function requireToken({ secret }: SourceApi<FinchApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("accessToken");
}

function listed(subject: string, person: FinchPerson): ListedPerson {
  return { subject, type: "individual.updated", payload: { person } satisfies FinchEvent };
}
