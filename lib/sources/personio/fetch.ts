import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { ApiAnswer, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { PersonioEvent } from "./split.ts";

export interface PersonioApiSecret {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiHost?: string;
}

const hints: FailureHints = {
  "source-credentials-refused":
    "store an API credential that may read persons and employments (personio:persons:read, personio:employments:read)",
};

/** https://developer.personio.de/reference/get_v2-persons-id */
export const personio: RestPerson<PersonioApiSecret> = {
  send: clientCredentials<PersonioApiSecret>({
    path: "/v2/auth/token",
    clientId: ({ clientId }) => clientId,
    clientSecret: ({ clientSecret }) => clientSecret,
    authentication: "body",
    hints,
  }),
  request: (id) => ({ path: `/v2/persons/${encodeURIComponent(id)}` }),
  idPath: "id",
  isUnknown: saysNotFound,
  hints,
};

/** Personio's 404 says by the end of a link which error it is. Both words are in its documentation. */
function saysNotFound({ status, json }: ApiAnswer): boolean {
  const { value: errors } = at(json, "errors");
  return (
    status === 404 &&
    Array.isArray(errors) &&
    errors.some((error) => {
      const { value: type } = at(error, "type");
      return typeof type === "string" && /#common\.(?:requested_)?resource_not_found$/.test(type);
    })
  );
}

/** Reads the person of an event, and the latest employment, which says when the person leaves. */
export const fetch: Fetch<PersonioApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.personio.de" }),

  async read(event, api) {
    if (!/^(?:person|employment)\./.test(event.type)) return event.payload;
    const known = await readPersonio(event.subject, api);
    if (!known && event.type.endsWith(".created")) waitUntilVisible(event, api.now());
    if (known && tellsDeparture(event, known)) refuseDeparture(event, api.now());
    return known ?? ({ person: null, employment: null } satisfies PersonioEvent);
  },
};

/** A person, and the latest employment; `undefined` where Personio says that there is no such person. */
export async function readPersonio(
  id: string,
  api: SourceApi<PersonioApiSecret>,
): Promise<PersonioEvent | undefined> {
  const person = await readPerson(personio, id, api);
  return person && { person, employment: await latestEmployment(id, api) };
}

/** The most recent employment comes first. https://developer.personio.de/reference/get_v2-persons-person-id-employments */
async function latestEmployment(id: string, api: SourceApi<PersonioApiSecret>): Promise<JsonObject | null> {
  const path = `/v2/persons/${encodeURIComponent(id)}/employments`;
  const { _data: employments } = objectIn(
    await personio.send({ path, query: { limit: "10" } }, api),
    personio,
  );
  if (!Array.isArray(employments)) throw sourceFailure("source-answer-unexpected");
  const [latest = null] = employments as readonly unknown[];
  if (latest === null) return null;
  if (!isJsonObject(latest)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, at(latest, "person.id").value, "person.id");
  return latest;
}

/** Whether an event tells a departure of which the API knows nothing. Deliveries are not signed: such an event may be forged. */
function tellsDeparture({ type }: SourceEvent, { person, employment }: PersonioEvent): boolean {
  if (type === "person.deleted") return true;
  return type === "employment.terminated" && person?.status !== "INACTIVE" && !isEnding(employment);
}

/** Whether an employment has a last day: then that day decides. */
const isEnding = (employment: JsonObject | null | undefined): boolean =>
  typeof at(employment, "termination.termination_date").value === "string" ||
  typeof at(employment, "employment_end_date").value === "string";
