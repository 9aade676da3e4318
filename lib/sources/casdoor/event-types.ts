import type { EventTypes } from "#lib/payloads/interpret.ts";

/** What Casdoor keeps beside users: each may be added, updated and deleted. */
const others = [
  "adapter",
  "application",
  "cert",
  "enforcer",
  "form",
  "group",
  "invitation",
  "ldap",
  "model",
  "order",
  "organization",
  "payment",
  "permission",
  "plan",
  "pricing",
  "product",
  "provider",
  "resource",
  "role",
  "session",
  "subscription",
  "syncer",
  "ticket",
  "token",
  "transaction",
  "webhook",
];

/**
 * Requests to Casdoor that say nothing of an account that another event does not say better: a sign-up is followed by `new-user`, and
 * `add-user` of Casdoor's own pages holds a user with made-up values, which the administrator fills in and saves (`update-user`).
 * https://github.com/casdoor/casdoor/blob/master/web/src/Setting.js (`getApiPaths`). `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "action",
  uninteresting: [
    "add-user",
    "cancel-order",
    "check-user-password",
    "invoice-payment",
    "login",
    "logout",
    "notify-payment",
    "pay-order",
    "ping",
    "place-order",
    "remove-user-from-group",
    "set-password",
    "signup",
    "sso-logout",
    "unlink",
    "upload-groups",
    "upload-permissions",
    "upload-resource",
    "upload-roles",
    "verify-identification",
    ...others.flatMap((other) => [`add-${other}`, `update-${other}`, `delete-${other}`]),
  ],
};
