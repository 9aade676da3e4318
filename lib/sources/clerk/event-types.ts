import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://clerk.com/docs/webhooks/overview. `ping` is ours, of `npm run doctor`. */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "email.*",
    "invitation.*",
    "organization.*",
    "organizationDomain.*",
    "organizationInvitation.*",
    "organizationMembership.*",
    "paymentAttempt.*",
    "permission.*",
    "ping",
    "role.*",
    "session.*",
    "sms.*",
    "subscription.*",
    "subscriptionItem.*",
    "waitlistEntry.*",
  ],
};
