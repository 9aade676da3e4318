import type { EventTypes } from "#lib/payloads/interpret.ts";

/**
 * Triggers that only pass through: a person wants to sign up, or to sign in, and nothing is confirmed. Those of a migration hold the password
 * that was typed. https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const eventTypes: EventTypes = {
  path: "triggerSource",
  uninteresting: [
    "CreateAuthChallenge_*",
    "CustomEmailSender_*",
    "CustomMessage_*",
    "CustomSMSSender_*",
    "DefineAuthChallenge_*",
    "PostAuthentication_*",
    "PreAuthentication_*",
    "PreSignUp_*",
    "TokenGeneration_*",
    "UserMigration_*",
    "VerifyAuthChallengeResponse_*",
  ],
};
