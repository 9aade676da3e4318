import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * Objects beside users and members. https://stytch.com/docs/resources/workspace-management/webhooks; the source of an event
 * (`DIRECT`, `DASHBOARD`, `SCIM`) changes nothing of what it means.
 */
export const eventTypes: EventTypes = {
  path: "object_type",
  uninteresting: [
    "connected_app.*",
    "m2m_client.*",
    "organization.*",
    "password.*",
    "rbac_policy.*",
    "saml_connection.*",
    "oidc_connection.*",
    "external_connection.*",
    "scim_connection.*",
    "scim_group.*",
    "session.*",
    "sso_connection.*",
  ],
};
