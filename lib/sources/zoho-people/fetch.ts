import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { ApiAnswer, SourceApi } from "#lib/contract/source-api.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { at, isEmpty } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { lifetimeSeconds, withToken } from "#lib/source-apis/access-token.ts";
import { failureOf, sourceFailure, type FailureHints } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { personNotShown, refuseAnother, waitForDeparture } from "#lib/source-apis/people.ts";
import type { RestApi } from "#lib/source-apis/rest-api.ts";
import { exEmployees } from "./translate.ts";

/** What of the secret is for asking Zoho. */
export interface ZohoApiSecret {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
  readonly domain?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<ZohoApiSecret>;

const hints: FailureHints = {
  "source-credentials-refused":
    "make a refresh token with the scope ZOHOPEOPLE.forms.READ in the data centre that domain names",
  "source-permission-missing": "let an administrator make the refresh token: it sees what that user sees",
};

export const canAsk = ({ clientId = "", clientSecret = "", refreshToken = "" }: ZohoApiSecret): boolean =>
  clientId !== "" && clientSecret !== "" && refreshToken !== "";

const zoho: RestApi<ZohoApiSecret> = {
  send: withToken(obtainToken, (request, token) => ({
    ...request,
    headers: { ...request.headers, authorization: `Zoho-oauthtoken ${token}` },
  })),
  hints,
};

/** Zoho refuses with 200. https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html */
async function obtainToken(api: Api) {
  const { clientId = "", clientSecret = "", refreshToken = "" } = api.secret;
  const answer = await api.request({
    method: "POST",
    host: "accounts",
    path: "/oauth/v2/token",
    form: {
      grant_type: "refresh_token",
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    },
  });
  const { access_token: token, expires_in: seconds, error } = isJsonObject(answer.json) ? answer.json : {};
  if (typeof token === "string" && token !== "") return { token, expiresInSeconds: lifetimeSeconds(seconds) };
  // Too many tokens were asked for.
  if (error === "Access Denied") throw sourceFailure("source-throttles");
  throw sourceFailure(typeof error === "string" ? "source-credentials-refused" : failureOf(answer), hints);
}

const noRecords = 7024;
/** https://www.zoho.com/people/api/error-codes.html; 7209 is sent for five minutes after 400 requests in one. */
const meanings = {
  7037: "source-permission-missing",
  7040: "source-permission-missing",
  7209: "source-throttles",
} as const;

/**
 * Records of the form Employee, 200 at most: each is in a list of one, under its record's id. No records are an error to Zoho, with HTTP 200.
 * https://www.zoho.com/people/api/bulk-records.html
 */
export async function entriesOf(
  query: Readonly<Record<string, string>>,
  api: Api,
): Promise<readonly unknown[]> {
  const answer = await zoho.send({ path: "/people/api/forms/employee/getRecords", query }, api);
  const { value: response } = at(answer.json, "response");
  const [status, result] = [at(response, "status").value, at(response, "result").value];
  if (answer.status === 200 && status === 0 && Array.isArray(result)) return result;
  const codes = codesIn(response);
  if (answer.status === 200 && codes.length > 0 && codes.every((code) => code === noRecords)) return [];
  throw sourceFailure(failureBy(codes) ?? failureOf(answer as ApiAnswer), hints);
}

/** One error, or a list of them. */
function codesIn(response: unknown): readonly unknown[] {
  const { value: errors } = at(response, "errors");
  if (isEmpty(errors)) return [];
  return [errors].flat().map((error: unknown) => at(error, "code").value);
}

function failureBy(codes: readonly unknown[]) {
  const known = codes.map(String).find((code) => Object.hasOwn(meanings, code));
  return known === undefined ? undefined : meanings[Number(known) as keyof typeof meanings];
}

/** Without the sections for education and the like, none of which becomes a field. */
export function recordIn(entry: unknown): JsonObject | undefined {
  const [value] = isJsonObject(entry) ? Object.values(entry) : [];
  const [record] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (!isJsonObject(record)) return undefined;
  const { tabularSections: _, ...fields } = record;
  return fields;
}

/** One employee; `undefined` where Zoho has no record of this id, or hides it from the user who made the token. */
export async function readEmployee(id: string, api: Api): Promise<JsonObject | undefined> {
  const [entry] = await entriesOf({ searchColumn: "EMPLOYEEID", searchValue: id }, api);
  if (entry === undefined) return undefined;
  const record = recordIn(entry);
  if (!record) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, record["EmployeeID"], "response.result[0].EmployeeID");
  return record;
}

const exits: ReadonlySet<string> = new Set(["employee-deleted", "employee-exited"]);

/**
 * Where the secret has credentials, the employee of an event that may tell a departure is read: the parameter that a form shows proves little. What
 * the API shows decides then; only the company's words for its states are known to `translate`.
 */
export const fetch: Fetch<ZohoApiSecret> = {
  hosts({ domain = "zoho.com", apiHost }) {
    const named = (name: string) =>
      apiHost ?? hostNamed(`${name}.${domain}`, { field: "domain", example: "zoho.eu" });
    return { api: named("people"), accounts: named("accounts") };
  },

  async read(event, api) {
    const said = event.payload as JsonObject;
    if (!canAsk(api.secret) || !mayTellDeparture(event)) return said;
    const known = await readEmployee(event.subject, api);
    if (!known) {
      // The form and the API together say it.
      if (event.type === "employee-deleted") return said;
      throw personNotShown("response.result");
    }
    const isShown = exits.has(event.type) ? showsDeparture(known) : agrees(said, known);
    if (!isShown) waitForDeparture(event, api.now());
    return { ...said, known };
  },
};

/** A status in the company's own words may mean a departure. */
function mayTellDeparture({ type, payload }: SourceEvent): boolean {
  if (exits.has(type)) return true;
  const status = at(payload, "Employeestatus").value;
  return (
    /^employee-(?:added|edited|rehired)$/.test(type) &&
    ((!isEmpty(status) && plainWord(status) !== "active") || !isEmpty(at(payload, "Dateofexit").value))
  );
}

function showsDeparture(known: JsonObject): boolean {
  const word = plainWord(known["Employeestatus"]);
  return (Object.hasOwn(exEmployees, word) && exEmployees[word] === true) || !isEmpty(known["Dateofexit"]);
}

function agrees(said: JsonObject, known: JsonObject): boolean {
  return ["Employeestatus", "Dateofexit"].every((name) => isEmpty(said[name]) || said[name] === known[name]);
}
