import type { CalendarDay } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { ApiAnswer, SourceApi } from "#lib/contract/source-api.ts";
import { calendarDay } from "#lib/fields/date.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { isEnding, personNotShown, refuseAnother, refuseDeparture } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import { samlBearer } from "#lib/source-apis/saml-bearer.ts";
import { hasLeft, tellsDeparture } from "./translate.ts";

/** What of the secret is for asking SuccessFactors. */
export interface SuccessFactorsApiSecret {
  readonly apiHost?: string;
  readonly companyId?: string;
  readonly apiKey?: string;
  readonly apiUser?: string;
  readonly privateKey?: string;
}
type Api = SourceApi<SuccessFactorsApiSecret>;

const hints: FailureHints = {
  "source-credentials-refused":
    "compare companyId, apiKey, apiUser and privateKey with Manage OAuth2 Client Applications; the user needs the OData API permissions",
  "source-host-wrong":
    "write the API server of your data centre into the secret as apiHost, e.g. https://api4.successfactors.com",
};

export const canAsk = (secret: SuccessFactorsApiSecret): boolean =>
  (["apiHost", "companyId", "apiKey", "apiUser", "privateKey"] as const).every(
    (field) => (secret[field] ?? "") !== "",
  );

/**
 * SuccessFactors takes no password since November 2026, but a signed SAML assertion.
 * https://help.sap.com/docs/SAP_SUCCESSFACTORS_PLATFORM/d599f15995d348a1b45ba5603e2aba9b/4e27e8f6ae2748ab9f23228dd6a31b06.html
 */
const successfactors: RestApi<SuccessFactorsApiSecret> = {
  send: samlBearer<SuccessFactorsApiSecret>({
    path: "/oauth/token",
    audience: "www.successfactors.com",
    recipient: ({ apiHost = "" }) => `${apiHost.replace(/\/$/, "")}/oauth/token`,
    issuer: () => "www.successfactors.com",
    subject: ({ apiUser = "" }) => apiUser,
    privateKey: ({ privateKey = "" }) => privateKey,
    attributes: ({ apiKey = "" }) => ({ api_key: apiKey }),
    form: ({ companyId = "", apiKey = "" }) => ({ company_id: companyId, client_id: apiKey }),
    hints,
  }),
  hints,
};

/** Records of an entity of OData v2, and the link to the next ones. */
export async function recordsOf(
  entity: "EmpEmployment" | "User",
  query: Readonly<Record<string, string>>,
  api: Api,
): Promise<{ readonly records: readonly unknown[]; readonly next: unknown }> {
  const path = `/odata/v2/${entity}`;
  const answer = await successfactors.send({ path, query: { $format: "json", ...query } }, api);
  if (entity === "EmpEmployment" && lacksEntity(answer)) return { records: [], next: undefined };
  const { d } = objectIn(answer, { hints });
  const { value: records } = at(d, "results");
  if (!Array.isArray(records)) throw sourceFailure("source-answer-unexpected");
  return { records: records.map(plain), next: at(d, "__next").value };
}

/** A company without Employee Central has no employments. https://userapps.support.sap.com/sap/support/knowledge/en/2545055 */
const lacksEntity = ({ status, json }: ApiAnswer): boolean =>
  status === 400 && at(json, "error.code").value === "COE_ENTITY_NOT_FOUND";

/** Without links to other entities, and with dates as days: OData v2 writes them as `/Date(1769990400000)/`. */
function plain(record: unknown): unknown {
  if (!isJsonObject(record)) return record;
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      typeof value === "object" && value !== null ? [] : [[name, dated(value)]],
    ),
  );
}

function dated(value: unknown): unknown {
  const [, milliseconds] =
    (typeof value === "string" && /^\/Date\((-?\d{1,14})(?:[+-]\d{1,4})?\)\/$/.exec(value)) || [];
  if (milliseconds === undefined) return value;
  const moment = new Date(Number(milliseconds)).toISOString();
  return moment.replace(/T00:00:00\.000Z$/, "");
}

/** A text in a filter of OData. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * One user, inactive and external ones included. https://userapps.support.sap.com/sap/support/knowledge/en/2736579
 *
 * @throws InboundError `malformed` `person-not-shown` where there is none: the API user's permissions hide users in the same way.
 */
export async function readUser(id: string, api: Api): Promise<JsonObject> {
  const filter = `userId eq ${quoted(id)} and status in 't','f','T','F','e','d'`;
  const { records } = await recordsOf("User", { $filter: filter }, api);
  const [user] = records;
  if (user === undefined) throw personNotShown("d.results");
  if (!isJsonObject(user)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, user["userId"], "d.results[0].userId");
  return user;
}

/**
 * A departure is asked about before it is believed, where the secret has credentials: the password that a delivery shows does not cover what it
 * says. Everything else goes through as it is.
 */
export const fetch: Fetch<SuccessFactorsApiSecret> = {
  hosts({ apiHost }) {
    if (apiHost !== undefined) return { api: apiHost };
    throw new InboundError("misconfigured", "source-host-wrong", {
      path: "apiHost",
      hint: hints["source-host-wrong"] ?? "",
    });
  },

  async read(event, api) {
    const said = event.payload as JsonObject;
    if (!tellsDeparture(event) || !canAsk(api.secret)) return said;
    const user = await readUser(event.subject, api);
    if (hasLeft(user, new Date(api.now()).toISOString())) return said;
    const days = await lastDaysOf(event.subject, api);
    if (!Object.values(days).some((day) => isEnding(day, api.now()))) refuseDeparture(event, api.now());
    // The days that SuccessFactors knows count, not those that the delivery states.
    return { ...said, ...days };
  },
};

/** A user stays active until the last day; a termination that is entered before has its day in the employment. */
async function lastDaysOf(id: string, api: Api): Promise<Readonly<Record<string, CalendarDay | undefined>>> {
  const { records } = await recordsOf("EmpEmployment", { $filter: `userId eq ${quoted(id)}` }, api);
  const [employment] = records;
  if (employment !== undefined) refuseAnother(id, at(employment, "userId").value, "d.results[0].userId");
  const day = (name: string) => calendarDay(at(employment, name));
  return { lastDateWorked: day("lastDateWorked"), endDate: day("endDate") };
}
