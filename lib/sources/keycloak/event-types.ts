import type { EventTypes } from "#lib/payloads/interpret.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * What happens beside users' life cycle. `admin.USER-CREATE/…` and the like are ours: an operation on a part of a user, such as a linked
 * account or a credential, which Keycloak calls by the same name. `_ERROR`: it was tried in vain.
 *
 * https://www.keycloak.org/docs-api/latest/javadocs/org/keycloak/events/EventType.html
 * https://www.keycloak.org/docs-api/latest/javadocs/org/keycloak/events/admin/ResourceType.html
 */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    // Of p2-inc, about no realm; `system.ping` is ours, of `npm run doctor`.
    "system.*",
    ...words(`
      USER-CREATE/* USER-UPDATE/* USER-DELETE/* USER-ACTION* USER_* USER-CREATE_ERROR USER-UPDATE_ERROR USER-DELETE_ERROR
      REALM* AUTH* REQUIRED_ACTION* IDENTITY_PROVIDER* PROTOCOL_MAPPER* GROUP* CLIENT* CLUSTER_NODE* COMPONENT* ORGANIZATION* CUSTOM*
      WORKFLOW* SCIM* VERIFIABLE*
    `).map((name) => `admin.${name}`),
    ...words(`
      LOGIN* LOGOUT* CODE_TO_TOKEN* CLIENT_* REFRESH_TOKEN* VALIDATE_ACCESS_TOKEN* INTROSPECT_TOKEN* USER_INFO_REQUEST* TOKEN_EXCHANGE*
      OAUTH2_* AUTHREQID_TO_TOKEN* PERMISSION_TOKEN* PUSHED_AUTHORIZATION_REQUEST* INVALID_SIGNATURE* IMPERSONATE*
      FEDERATED_IDENTITY_* REMOVE_FEDERATED_IDENTITY* IDENTITY_PROVIDER_* GRANT_CONSENT* UPDATE_CONSENT* REVOKE_GRANT* INVITE_ORG*
      UPDATE_PASSWORD* RESET_PASSWORD* UPDATE_TOTP* REMOVE_TOTP* UPDATE_CREDENTIAL* REMOVE_CREDENTIAL* VERIFY_PROFILE*
      SEND_* RESTART_AUTHENTICATION* CUSTOM_REQUIRED_ACTION* EXECUTE_ACTION* REGISTER_NODE* UNREGISTER_NODE* USER_SESSION_*
      USER_DISABLED_BY_TEMPORARY_LOCKOUT* USER_DISABLED_BY_PERMANENT_LOCKOUT_ERROR REGISTER_ERROR UPDATE_PROFILE_ERROR
      UPDATE_EMAIL_ERROR VERIFY_EMAIL_ERROR DELETE_ACCOUNT_ERROR VERIFIABLE_CREDENTIAL_*
    `).map((name) => `access.${name}`),
  ],
};
