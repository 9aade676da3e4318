import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { awsInvocation } from "#lib/proofs/aws-invocation.ts";
import { split, told } from "./split.ts";
import { translate } from "./translate.ts";

export default defineSource<object>({
  name: "cognito",
  title: "Amazon Cognito",
  kind: "identity",
  knownFrom: "documentation",
  // No trigger runs when a user is disabled or deleted.
  neverTells: ["leaver"],
  secret: z.object({}),
  proof: awsInvocation,
  trigger: { principal: "cognito-idp.amazonaws.com", told },
  // Three tries of 5 s each; the rest is for a clock that is wrong.
  redeliversForSeconds: 60 * 60,
  split,
  // What passes through: nothing is queued.
  ping: { contentType: "application/json", body: '{"triggerSource":"PreSignUp_SignUp"}' },
  translate,
});
