import type { Fetch } from "#lib/contract/source.ts";
import { at } from "#lib/fields/read.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { eventTypes } from "./event-types.ts";
import type { GustoEvent } from "./split.ts";

export interface GustoApiSecret {
  readonly accessToken?: string;
  readonly companyUuid?: string;
  readonly apiHost?: string;
}

/** https://docs.gusto.com/app-integrations/reference/get-v1-employees */
export const gusto: RestPerson<GustoApiSecret> = {
  send: (request, api) =>
    api.request({
      ...request,
      headers: { authorization: `Bearer ${api.secret.accessToken}`, "x-gusto-api-version": "2024-04-01" },
    }),
  request: (id) => ({ path: `/v1/employees/${encodeURIComponent(id)}` }),
  idPath: "uuid",
  // https://docs.gusto.com/app-integrations/docs/errors
  isUnknown: ({ status, json }) => status === 404 && at(json, "errors[0].category").value === "not_found",
  hints: {
    "source-credentials-refused":
      "store a new access token of the company: Gusto's last two hours; the source's README says how one is kept fresh",
    "source-host-wrong": "write https://api.gusto-demo.com into the secret as apiHost for a demo company",
  },
};

/** A departure that has taken effect, and a deletion, need nothing that Gusto could add, and must not wait for a token. */
const notAskedAbout = new Set([
  "employee.deleted",
  "employee.terminated_effective",
  "employee.termination_effective",
]);

export const canAsk = ({ accessToken = "" }: GustoApiSecret): boolean => accessToken !== "";

/** Reads the employee an event is about. Without a token an event stays as it was, and `translate` decides about it. */
export const fetch: Fetch<GustoApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.gusto.com" }),
  async read(event, api) {
    const said = event.payload as GustoEvent;
    const isAbout = event.type.startsWith("employee.") && !isUninteresting(event.type, eventTypes);
    if (!isAbout || notAskedAbout.has(event.type) || !canAsk(api.secret)) return said;
    const employee = await readPerson(gusto, event.subject, api);
    if (!employee && event.type === "employee.created") waitUntilVisible(event, api.now());
    return { employee: employee ?? null } satisfies GustoEvent;
  },
};
