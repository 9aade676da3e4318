import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://docs.scalekit.com/reference/webhooks/overview/. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "organization.connection*",
    "organization.created",
    "organization.deleted",
    "organization.directory.group_*",
    "organization.directory_created",
    "organization.directory_enabled",
    "organization.sso_*",
    "organization.updated",
    "permission.*",
    "ping",
    "role.*",
    "user.login",
    "user.logout",
    "user.organization_*",
    "user.signup",
  ],
};
