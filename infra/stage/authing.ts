import type { AuthingClient } from "#lib/authing/client.ts";
import type { FailureKind } from "#lib/authing/failures.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

/** An id of Authing's form that nobody has. */
const nobody = "000000000000000000000000";

const keyNext =
  "compare accessKeyId and accessKeySecret with Authing's console, and whether they may manage users of this pool";

/** What to do about each way in which a look-up can fail. */
const nexts: Readonly<Partial<Record<FailureKind, string>>> = {
  throttled: "Authing has enough for now: run this again in a minute",
  "transient-network": "is the host in inbound.config.ts right, and is there a way to it from here?",
  "unknown-outcome": "Authing took too long: run this again",
  "clock-skew": "this machine's clock is off, and correcting it by Authing's did not help: set it",
  "credentials-refused": keyNext,
  "quota-exceeded": "the plan of the user pool is used up: Authing's console says of what",
  "endpoint-wrong": "whatever answers there is not Authing's API: correct authing.host in inbound.config.ts",
};

/** Whether Authing takes the access key: somebody is looked up who is not there. */
export async function checkAuthing(client: AuthingClient, host: string): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const answer = await client.getUser({ userId: nobody });
    const time = `${Math.round(performance.now() - startedAt)} ms`;
    if (answer.ok || answer.failure.kind === "user-not-found") {
      return fine(`Authing: ${host} takes the access key, and answered a look-up in ${time}`);
    }
    const { kind, httpStatus, statusCode, apiCode, requestId } = answer.failure;
    const codes = [...new Set([httpStatus, statusCode, apiCode])]
      .filter((code) => code !== undefined)
      .join(" / ");
    const told = [codes, requestId && `request ${requestId}`].filter(Boolean).join(", ");
    const what = `Authing: ${host}: ${kind}${told && ` (${told})`}`;
    const next = nexts[kind] ?? "ask Authing, with the id of the request";
    return kind === "throttled" ? attention(what, next) : wrong(what, next);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return wrong(`Authing: ${error.reason}`, error.hint ?? keyNext);
  }
}
