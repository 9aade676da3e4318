import { at } from "#lib/fields/read.ts";
import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { isOpen } from "#lib/fields/encode.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { cursorInLink } from "#lib/source-apis/link-header.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { fetch, personio, readPersonio, type PersonioApiSecret } from "./fetch.ts";
import type { PersonioEvent } from "./split.ts";
import { access } from "./translate.ts";

/**
 * The persons of the company, 50 a page, the inactive ones included; only deleted ones are not in it. It has no total, and does not hold
 * employments: departments and last days come with events, and where one person is asked about. https://developer.personio.de/reference/get_v2-persons
 */
export const list: Listing<PersonioApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    const query = { limit: "50", ...(cursor !== undefined && { cursor }) };
    const answer = objectIn(await personio.send({ path: "/v2/persons", query }, api), personio);
    const { _data: persons } = answer;
    const links = at(answer, "_meta.links").value;
    // Without its links the last page could not be told from any other.
    if (!Array.isArray(persons) || !isJsonObject(links)) throw sourceFailure("source-answer-unexpected");
    const people = persons.flatMap((person: unknown): ListedPerson[] => {
      const subject = isJsonObject(person) ? readId(person.id) : undefined;
      if (subject === undefined || !isJsonObject(person)) return [];
      return [listed(subject, { person })];
    });
    const next = links.next === undefined ? undefined : cursorInLink(at(links, "next.href").value, "cursor");
    return { people, ...(next !== undefined && { next }), isComplete: people.length === persons.length };
  },
  async person(api, subject) {
    const payload = await readPersonio(subject, api);
    return payload && listed(subject, payload);
  },
};

function listed(subject: string, payload: PersonioEvent): ListedPerson {
  return {
    subject,
    type: "person.updated",
    payload,
    ...(isOpen(access(payload)) && { isActive: true as const }),
  };
}
