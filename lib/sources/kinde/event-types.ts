import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://docs.kinde.com/integrate/webhooks/add-manage-webhooks/. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "access_request.*",
    "api_scope.*",
    "application.*",
    "customer.*",
    "feature_flag.*",
    "invitation.*",
    "organization.*",
    "permission.*",
    "ping",
    "role.*",
    "subscriber.*",
    "user.authenticated",
    "user.authentication_failed",
    "user.authentication.*",
    "user.organization.*",
    "user.permission.*",
    "user.role.*",
  ],
};
