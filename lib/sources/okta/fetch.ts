import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import type { OktaEvent } from "./split.ts";

interface OktaApiSecret {
  readonly domain: string;
  readonly apiToken: string;
  readonly apiHost?: string;
}

const joining = ["user.lifecycle.create", "user.lifecycle.activate", "user.lifecycle.reactivate"];
/**
 * Who comes or changes is looked up. Who is suspended, deactivated or deleted is not: that needs nothing Okta could add,
 * and must not wait for a token that has run out.
 */
const askedAbout = new Set([...joining, "user.lifecycle.unsuspend", "user.account.update_profile"]);
/** Okta announces people before its API shows them everywhere; after so long nobody is coming any more. */
const becomesVisibleWithinMilliseconds = 10 * 60_000;

/** Reads the user an event is about. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export const fetch: Fetch<OktaApiSecret> = {
  host({ domain, apiHost }) {
    if (apiHost !== undefined) return apiHost;
    if (!/^(?=.{4,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(domain)) {
      throw new InboundError("misconfigured", "source-host-wrong", {
        path: "domain",
        hint: "write the domain into the secret as acme.okta.com: no https://, no path",
      });
    }
    return `https://${domain}`;
  },

  async read(event, api) {
    const said = event.payload as OktaEvent;
    if (said.result !== "SUCCESS" || !askedAbout.has(event.type)) return said;

    const { status, json } = await api.request({
      path: `/api/v1/users/${encodeURIComponent(event.subject)}`,
      headers: { authorization: `SSWS ${api.secret.apiToken}` },
    });
    if (status === 200 && isJsonObject(json)) {
      // The API also takes logins and `me` for ids.
      if (json.id !== event.subject) throw new InboundError("malformed", "user-is-another", { path: "id" });
      return { ...said, user: json } satisfies OktaEvent;
    }
    if (status === 401 || status === 403) {
      throw new InboundError("misconfigured", "source-credentials-refused", {
        hint: "store an API token that may read users; Okta lets a token that is not used for 30 days expire",
      });
    }
    // Okta says in JSON that it does not know somebody. A page that says so comes from a host that is no organization of
    // Okta's, where nobody is known, and nobody has left.
    if (status === 404 && isJsonObject(json)) {
      const age = api.now() - Date.parse(event.occurredAt);
      if (joining.includes(event.type) && age < becomesVisibleWithinMilliseconds) {
        throw new InboundError("unavailable", "person-not-visible-yet");
      }
      return { ...said, user: null } satisfies OktaEvent;
    }
    if (status === 404 || (status >= 300 && status < 400)) {
      throw new InboundError("misconfigured", "source-host-wrong", { path: "domain" });
    }
    throw new InboundError("unavailable", "source-answer-unexpected");
  },
};
