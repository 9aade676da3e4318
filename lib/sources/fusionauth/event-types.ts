import type { EventTypes } from "#lib/payloads/interpret.ts";

/** What a webhook may be subscribed to beside the life cycle of users. https://fusionauth.io/docs/extend/events-and-webhooks/events/ */
export const eventTypes: EventTypes = {
  path: "event.type",
  uninteresting: [
    "audit-log.create",
    "event-log.create",
    "group.*",
    "jwt.*",
    "kickstart.success",
    "test",
    "user.action",
    "user.identity-provider.*",
    "user.login.*",
    "user.loginId.*",
    "user.password.*",
    "user.registration.*",
    "user.two-factor.*",
  ],
};
