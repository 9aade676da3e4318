import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://workos.com/docs/events. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "event",
  uninteresting: [
    "api_key.*",
    "authentication.*",
    "connection.*",
    "dsync.activated",
    "dsync.group.*",
    "email_verification.*",
    "feature_flag.*",
    "flag.*",
    "group.*",
    "invitation.*",
    "magic_auth.*",
    "organization.*",
    "organization_domain.*",
    "organization_membership.*",
    "organization_role.*",
    "password_reset.*",
    "permission.*",
    "ping",
    "role.*",
    "session.*",
    "vault.*",
    "waitlist_user.*",
  ],
};
