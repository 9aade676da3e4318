import type { EventTypes } from "#lib/payloads/interpret.ts";

/** https://supabase.com/docs/guides/auth/auth-hooks and the tables of the schema `auth`. */
export const eventTypes: EventTypes = {
  path: "type",
  uninteresting: [
    "hook.mfa-verification*",
    "hook.password-verification*",
    // These want an answer of their own, which `hookReply` refuses: Supabase then says so to the operator.
    "hook.custom-access-token",
    "hook.customize-access-token",
    "hook.send-email",
    "hook.send-sms",
    // Authing keeps the second factor that it has.
    "auth.mfa_factors.DELETE",
    "auth.audit_log_entries.*",
    "auth.flow_state.*",
    "auth.identities.*",
    "auth.mfa_amr_claims.*",
    "auth.mfa_challenges.*",
    "auth.one_time_tokens.*",
    "auth.refresh_tokens.*",
    "auth.sessions.*",
  ],
};
