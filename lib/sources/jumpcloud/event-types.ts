import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * Events of Directory Insights that concern no person's account: logins, factors, locks that end by themselves, and what is not a user.
 * `ping` is ours, of `npm run doctor`. https://docs.jumpcloud.com/api/insights/directory/1.0/index.html
 */
export const eventTypes: EventTypes = {
  path: "event_type",
  uninteresting: [
    "active_directory_*",
    "admin_*",
    "application_*",
    "association_change",
    "command_*",
    "device_*",
    "group_*",
    "ldap*",
    "login_attempt",
    "mdm_*",
    "organization_*",
    "password_manager_*",
    "ping",
    "policy_*",
    "radius*",
    "software_*",
    "sso_*",
    "system_*",
    "user_admin_*",
    "user_create_provision",
    "user_delete_provision",
    "user_lockout*",
    "user_login_attempt",
    "user_mfa_*",
    "user_password_*",
    "user_ssh_key_*",
    "user_unlocked",
    "user_update_provision",
  ],
};
