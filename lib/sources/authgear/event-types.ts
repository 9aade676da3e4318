import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a hook may be subscribed to beside the life cycle of users: sign-ins, other ways to sign in, and blocking events, after which
 * nothing may have happened. https://github.com/authgear/authgear-server/blob/main/docs/specs/event.md. `ping` is ours.
 */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "admin_api.*",
    "authentication.*",
    "bot_protection.*",
    "email.*",
    "fraud_protection.*",
    "identity.biometric.*",
    "identity.oauth.disconnected",
    "m2m.*",
    "oidc.*",
    "ping",
    "project.*",
    "rate_limit.*",
    "sms.*",
    "usage.*",
    "user.auth.*",
    "user.authenticated",
    "user.pre_create",
    "user.pre_schedule_anonymization",
    "user.pre_schedule_deletion",
    "user.profile.pre_update",
    "user.session.*",
    "user.signed_out",
    "whatsapp.*",
  ],
};
