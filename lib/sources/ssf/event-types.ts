import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * Signals that say nothing of whether a person may sign in, or of what is known of them: sessions, credentials, devices, risks, and the
 * stream itself. `risc/identifier-recycled` is not among them: an address that belongs to another person now needs a person to look.
 *
 * https://openid.net/specs/openid-risc-profile-specification-1_0.html, https://openid.net/specs/openid-caep-1_0.html,
 * https://developers.google.com/identity/protocols/risc. `ping` is ours, of `npm run doctor`.
 */
export const eventTypes: EventTypes = {
  path: "events",
  uninteresting: [
    "caep/assurance-level-change",
    "caep/credential-change",
    "caep/device-compliance-change",
    "caep/risk-level-change",
    "caep/session-established",
    "caep/session-presented",
    "caep/session-revoked",
    "oauth/token-revoked",
    "oauth/tokens-revoked",
    "ping",
    "risc/account-credential-change-required",
    "risc/credential-compromise",
    "risc/opt-in",
    "risc/opt-out-cancelled",
    "risc/opt-out-effective",
    "risc/opt-out-initiated",
    "risc/recovery-activated",
    "risc/recovery-information-changed",
    "risc/sessions-revoked",
    "risc/verification",
    "sse/stream-updated",
    "sse/verification",
    "ssf/stream-updated",
    "ssf/verification",
  ],
};
