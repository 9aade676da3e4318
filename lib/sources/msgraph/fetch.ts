import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { GraphEvent } from "./split.ts";

/** What of the secret is for asking Graph. */
export interface GraphApiSecret {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cloud?: keyof typeof clouds;
  readonly apiHost?: string;
}

/** https://learn.microsoft.com/en-us/graph/deployments */
const clouds = {
  global: { api: "https://graph.microsoft.com", login: "https://login.microsoftonline.com" },
  china: { api: "https://microsoftgraph.chinacloudapi.cn", login: "https://login.chinacloudapi.cn" },
  "us-government": { api: "https://graph.microsoft.us", login: "https://login.microsoftonline.us" },
} as const;

/** Graph shows eleven properties unless it is told which; `accountEnabled` is not one of them. */
export const properties = [
  "id",
  "userPrincipalName",
  "mail",
  "mobilePhone",
  "displayName",
  "givenName",
  "surname",
  "accountEnabled",
  "employeeId",
  "employeeType",
  "department",
  "jobTitle",
  "companyName",
  "officeLocation",
  "streetAddress",
  "city",
  "state",
  "postalCode",
  "country",
  "usageLocation",
  "preferredLanguage",
  "userType",
].join(",");

const hints = {
  "source-credentials-refused":
    "grant the app registration the application permission User.Read.All, with the consent of an administrator, and compare tenantId, clientId and clientSecret",
  "source-host-wrong":
    "set cloud in the secret to the one that the tenant is in: global, china or us-government",
} as const;

/** https://learn.microsoft.com/en-us/graph/api/user-get */
export const graph: RestPerson<GraphApiSecret> = {
  send: clientCredentials({
    host: "login",
    path: ({ tenantId }) => `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
    clientId: ({ clientId }) => clientId,
    clientSecret: ({ clientSecret }) => clientSecret,
    scope: ({ cloud = "global" }) => `${clouds[cloud].api}/.default`,
    authentication: "body",
    hints,
  }),
  request: (id) => ({ path: `/v1.0/users/${encodeURIComponent(id)}`, query: { $select: properties } }),
  idPath: "id",
  // https://learn.microsoft.com/en-us/graph/errors
  isUnknown: ({ status, json }) =>
    status === 404 &&
    isJsonObject(json) &&
    isJsonObject(json.error) &&
    json.error.code === "Request_ResourceNotFound",
  hints,
};

/** A user who was deleted can be restored for 30 days: https://learn.microsoft.com/en-us/graph/api/directory-deleteditems-get */
const deleted: RestPerson<GraphApiSecret> = {
  ...graph,
  request: (id) => ({ path: `/v1.0/directory/deletedItems/${encodeURIComponent(id)}` }),
};

/** Reads the user that a notification is about. A deletion for good is confirmed: `clientState` proves little. */
export const fetch: Fetch<GraphApiSecret> = {
  hosts: ({ cloud = "global", apiHost }) =>
    apiHost === undefined ? clouds[cloud] : { api: apiHost, login: apiHost },

  async read(event, api) {
    const said = event.payload as GraphEvent;
    if (!askedAbout.has(event.type)) return said;
    if (said.tenantId !== undefined && said.tenantId !== api.secret.tenantId) {
      throw new InboundError("malformed", "company-foreign", { path: "tenantId" });
    }
    const user = await readPerson(graph, event.subject, api);
    if (event.type === "user.deleted") {
      return user ? refuseDeparture(event, api.now()) : ({ user: null } satisfies GraphEvent);
    }
    if (user) return { user } satisfies GraphEvent;
    // A user who was created a moment ago is in neither place.
    if (!(await readPerson(deleted, event.subject, api))) waitUntilVisible(event, api.now());
    return { user: null } satisfies GraphEvent;
  },
};

const askedAbout = new Set(["user.created", "user.updated", "user.deleted"]);
