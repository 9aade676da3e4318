import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { instant } from "#lib/fields/date.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { credentialsMissing, sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { linkParameter } from "#lib/source-apis/link-header.ts";
import { personNotShown, refuseAnother } from "#lib/source-apis/people.ts";
import { listIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import type { GreenhouseEvent } from "./split.ts";

interface GreenhouseApiSecret {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<GreenhouseApiSecret>;

const hints: FailureHints = {
  "source-credentials-refused":
    "store a Harvest V3 (OAuth) credential that may list applications, candidates and offers, of a Site Admin",
};
/** https://harvestdocs.greenhouse.io/docs/authentication */
const harvest: RestApi<GreenhouseApiSecret> = {
  send: clientCredentials<GreenhouseApiSecret>({
    host: "auth",
    path: "/token",
    clientId: ({ clientId = "" }) => clientId,
    clientSecret: ({ clientSecret = "" }) => clientSecret,
    hints,
  }),
  hints,
};

/** As many ids may be asked for at once. */
const perPage = "50";

/**
 * The candidates with an application that is hired, 50 applications a page: other candidates are not people of the company. A candidate with
 * several such applications comes several times. It has no total. https://harvestdocs.greenhouse.io/reference/get_v3-applications
 */
export const list: Listing<GreenhouseApiSecret> = {
  hosts: ({ apiHost }) => ({
    api: apiHost ?? "https://harvest.greenhouse.io",
    auth: apiHost ?? "https://auth.greenhouse.io",
  }),
  async page(api, cursor) {
    requireCredentials(api.secret);
    // A cursor stands for the whole query: beside it Harvest takes no other parameter.
    const query = cursor === undefined ? { status: "hired", per_page: perPage } : { cursor };
    const answer = await harvest.send({ path: "/v3/applications", query }, api);
    const applications = listIn(answer, harvest);
    const hires = applications.flatMap((application) => hireIn(application) ?? []);
    const candidates = await candidatesOf(hires, api);
    const hiredAt = await acceptedOffers(applications, api);
    const people = hires.flatMap(({ id, candidateId }): ListedPerson[] => {
      const candidate = candidates.get(candidateId);
      return candidate ? [listed(candidateId, candidate, { hiredAt: hiredAt.get(id) })] : [];
    });
    const next = linkParameter(answer.headers.link, "next", "cursor");
    // A next page that cannot be asked for would be taken for the end of the list.
    if (next === "") throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(next !== undefined && { next }),
      isComplete: people.length === applications.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const [candidate] = await recordsOf("candidates", { ids: subject }, api);
    // Nor does a candidate's record that was removed say anything about the employee.
    if (candidate === undefined) throw personNotShown("candidates");
    if (!isJsonObject(candidate)) throw sourceFailure("source-answer-unexpected");
    refuseAnother(subject, candidate.id, "candidates[0].id");
    const applications = await recordsOf("applications", { candidate_ids: subject }, api);
    // A person who was hired has an application, so that the credential does not show it.
    if (applications.length === 0) throw personNotShown("applications");
    const hires = applications.flatMap((application) => {
      refuseAnother(subject, at(application, "candidate_id").value, "applications.candidate_id");
      return hireIn(application) ?? [];
    });
    if (hires.length === 0) return listed(subject, candidate, { isUnhired: true });
    const hiredAt = await acceptedOffers(applications, api);
    return listed(subject, candidate, { hiredAt: latestOf(hires, hiredAt) });
  },
};

function requireCredentials({ clientId = "", clientSecret = "" }: GreenhouseApiSecret): void {
  if (clientId === "" || clientSecret === "") throw credentialsMissing("clientId and clientSecret");
}

async function recordsOf(
  resource: "applications" | "candidates" | "offers",
  query: Readonly<Record<string, string>>,
  api: Api,
): Promise<readonly unknown[]> {
  // 500 is the most that a page takes.
  const request = { path: `/v3/${resource}`, query: { ...query, per_page: "500" } };
  return listIn(await harvest.send(request, api), harvest);
}

/** An application that is hired. */
interface Hire {
  readonly id: string;
  readonly candidateId: string;
}

/**
 * `undefined` for an application that is not hired, or cannot be read.
 *
 * @throws InboundError `malformed` `status-unknown` for a word that is not among those of Harvest.
 */
function hireIn(application: unknown): Hire | undefined {
  const [id, candidateId] = [
    readId(at(application, "id").value),
    readId(at(application, "candidate_id").value),
  ];
  const { value: status, path } = at(application, "status");
  if (id === undefined || candidateId === undefined) return undefined;
  const word = plainWord(status);
  if (word === "hired") return { id, candidateId };
  if (["in_process", "rejected", "converted"].includes(word)) return undefined;
  throw new InboundError("malformed", "status-unknown", { path });
}

/** By their ids. Candidates who are hidden from the credential are not among them. */
async function candidatesOf(hires: readonly Hire[], api: Api): Promise<ReadonlyMap<string, JsonObject>> {
  if (hires.length === 0) return new Map();
  const ids = [...new Set(hires.map(({ candidateId }) => candidateId))];
  const candidates = await recordsOf("candidates", { ids: ids.join(",") }, api);
  return new Map(
    candidates.flatMap((candidate) => {
      const id = isJsonObject(candidate) ? readId(candidate.id) : undefined;
      return id === undefined || !isJsonObject(candidate) ? [] : [[id, candidate] as const];
    }),
  );
}

const latestOf = (hires: readonly Hire[], hiredAt: ReadonlyMap<string, string>): string | undefined =>
  hires
    .flatMap(({ id }) => hiredAt.get(id) ?? [])
    .toSorted()
    .at(-1);

/** When the offer of each application was accepted, ISO 8601: Harvest does not say otherwise when a candidate was hired. */
async function acceptedOffers(
  applications: readonly unknown[],
  api: Api,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(applications.flatMap((application) => readId(at(application, "id").value) ?? []));
  if (ids.size === 0) return new Map();
  const offers = await recordsOf("offers", { application_ids: [...ids].join(","), status: "Accepted" }, api);
  return new Map(
    offers.flatMap((offer) => {
      const id = readId(at(offer, "application_id").value);
      if (id === undefined || !ids.has(id)) throw sourceFailure("source-answer-unexpected");
      const resolvedAt = instant(at(offer, "resolved_at").value);
      return resolvedAt === undefined ? [] : [[id, resolvedAt] as const];
    }),
  );
}

/** Never active: Greenhouse does not know whether a person who was hired still works there. */
function listed(
  subject: string,
  candidate: JsonObject,
  { hiredAt, isUnhired = false }: { hiredAt?: string | undefined; isUnhired?: boolean },
): ListedPerson {
  return {
    subject,
    type: isUnhired ? "unhire_candidate" : "update_candidate",
    payload: {
      candidate,
      isListed: true,
      ...(hiredAt !== undefined && { hiredAt }),
    } satisfies GreenhouseEvent,
  };
}
