import { at } from "#lib/fields/read.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import { listIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { OktaEvent } from "./split.ts";

export interface OktaApiSecret {
  readonly domain: string;
  readonly apiToken: string;
  readonly apiHost?: string;
}

const joining = ["user.lifecycle.create", "user.lifecycle.activate", "user.lifecycle.reactivate"];
/**
 * A user who is created or changed is looked up. One who is suspended, deactivated or deleted is not: that needs nothing Okta
 * could add, and must not wait for a token that has expired.
 */
const askedAbout = new Set([
  ...joining,
  "user.lifecycle.unsuspend",
  "user.account.update_profile",
  "user.account.update_primary_email",
]);

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export const okta: RestPerson<OktaApiSecret> = {
  send: (request, api) =>
    api.request({ ...request, headers: { authorization: `SSWS ${api.secret.apiToken}` } }),
  request: (id) => ({ path: `/api/v1/users/${encodeURIComponent(id)}` }),
  idPath: "id",
  // Resource not found: https://developer.okta.com/docs/reference/error-codes/#E0000007
  isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.errorCode === "E0000007",
  hints: {
    "source-credentials-refused":
      "store an API token that may read users; Okta lets a token that is not used for 30 days expire",
    "source-host-wrong": "write the domain of your organization into the secret, e.g. acme.okta.com",
  },
};

/** Reads the user an event is about. */
export const fetch: Fetch<OktaApiSecret> = {
  hosts({ domain, apiHost }) {
    if (apiHost !== undefined) return { api: apiHost };
    return { api: hostNamed(domain, { field: "domain", example: "acme.okta.com" }) };
  },

  async read(event, api) {
    const said = event.payload as OktaEvent;
    if (said.result !== "SUCCESS" || !askedAbout.has(event.type)) return said;
    const user = await readPerson(okta, event.subject, api);
    if (!user && joining.includes(event.type)) waitUntilVisible(event, api.now());
    return { ...said, user: user ?? null } satisfies OktaEvent;
  },

  // https://developer.okta.com/docs/api/openapi/okta-management/management/tag/EventHook/#tag/EventHook/operation/listEventHooks
  async isHookOn(api, url) {
    const hooks = listIn(await okta.send({ path: "/api/v1/eventHooks" }, api), okta);
    const ours = hooks.filter((hook) => at(hook, "channel.config.uri").value === url);
    return ours.some(
      (hook) => at(hook, "status").value === "ACTIVE" && at(hook, "verificationStatus").value === "VERIFIED",
    );
  },
};
