import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What a hook may be subscribed to beside users' life cycle. An import, a group or an app that changes a user's account says so
 * in an event `user.lifecycle.…` or `user.account.…` as well.
 * https://developer.okta.com/docs/reference/api/event-types/
 */
export const eventTypes: EventTypes = {
  path: "data.events[].eventType",
  uninteresting: [
    // Passwords, locks after wrong ones, and roles of administrators: Authing has its own.
    "user.account.access_super_user_app",
    "user.account.expire_password",
    "user.account.lock",
    "user.account.lock.limit",
    "user.account.privilege.*",
    "user.account.report_suspicious_activity_by_enduser",
    "user.account.reset_password",
    "user.account.unlock*",
    "user.account.update_password",
    "user.account.update_secondary_email",
    "user.account.update_user_type",
    "user.account.use_token",
    "user.lifecycle.jit.error.read_only",
    "user.lifecycle.password_mass_expiry",
    "user.authentication.*",
    "user.behavior.*",
    "user.credential.*",
    "user.feedback",
    "user.import.password",
    "user.mfa.*",
    "user.registration.*",
    "user.risk.*",
    "user.session.*",
    // About no user.
    "analytics.*",
    "app.*",
    "application.*",
    "certification.*",
    "core.*",
    "device.*",
    "directory.*",
    "event_hook.*",
    "group.*",
    "iam.*",
    "inline_hook.*",
    "mim.*",
    "network_zone.*",
    "oauth2.*",
    "org.*",
    "platform.*",
    "pki.*",
    "plugin.*",
    "policy.*",
    "scheduled_action.*",
    "security.*",
    "self_service.*",
    "support.*",
    "system.*",
    "task.*",
    "workflows.*",
    "zone.*",
  ],
};
