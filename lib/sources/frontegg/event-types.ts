import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * https://developers.frontegg.com/ciam/guides/integrations/webhooks. A user who is removed from a tenant stays a user of the environment.
 * `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "eventKey",
  uninteresting: [
    "frontegg.application*",
    "frontegg.entitlement*",
    "frontegg.feature*",
    "frontegg.group*",
    "frontegg.permission*",
    "frontegg.plan*",
    "frontegg.role*",
    "frontegg.tenant.*",
    "frontegg.tenantApiToken.*",
    "frontegg.user.authenticated*",
    "frontegg.user.changedPassword",
    "frontegg.user.disabledMFA",
    "frontegg.user.enrolledMFA",
    "frontegg.user.failedAuthentication",
    "frontegg.user.forgotPassword",
    "frontegg.user.removedFromTenant",
    "frontegg.userApiToken.*",
    "ping",
  ],
};
