import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a webhook may be subscribed to beside the life cycle of users. A lockout of an identifier ends by itself.
 * https://docs.logto.io/developers/webhooks/webhooks-events. `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "event",
  uninteresting: [
    "Exception.*",
    "Identifier.Lockout",
    "Organization.*",
    "OrganizationRole.*",
    "OrganizationScope.*",
    "PostResetPassword",
    "PostSignIn",
    "PostSignInAdaptiveMfaTriggered",
    "Role.*",
    "Scope.*",
    "ping",
  ],
};
