import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * What an execution on all events of users sends beside their life cycle, and the events of sign-ins. A lock follows wrong passwords, which
 * a stranger may type: it closes nothing. https://zitadel.com/docs/guides/integrate/actions. `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "event_type",
  uninteresting: [
    "ping",
    "user.grant.*",
    "user.human.address.changed",
    "user.human.avatar.*",
    "user.human.email.code.*",
    "user.human.email.verification.failed",
    "user.human.externalidp.*",
    "user.human.externallogin.*",
    "user.human.initialization.*",
    "user.human.invite.*",
    "user.human.mfa.*",
    "user.human.otp.*",
    "user.human.password.*",
    "user.human.passwordless.*",
    "user.human.phone.code.*",
    "user.human.phone.removed",
    "user.human.phone.verification.failed",
    "user.human.recoverycodes.*",
    "user.human.refresh.token.*",
    "user.human.signed.out",
    "user.idp.*",
    "user.locked",
    "user.machine.*",
    "user.metadata.*",
    "user.pat.*",
    "user.token.*",
    "user.unlocked",
    // About no user.
    "auth_request.*",
    "idpintent.*",
    "oidc_session.*",
    "saml_request.*",
    "saml_session.*",
    "session.*",
  ],
};
