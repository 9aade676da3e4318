import type { AuthingClient } from "#lib/authing/client.ts";
import type { FailureKind } from "#lib/authing/failures.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";

/** An id in Authing's form that no user has. */
const unusedUserId = "000000000000000000000000";

const keyNext =
  "compare accessKeyId and accessKeySecret with Authing's console, and whether they may manage users of this pool";

/** What to do about each way in which a look-up can fail. */
const nextsFor = (setting: string): Readonly<Partial<Record<FailureKind, string>>> => ({
  throttled: "Authing's rate limit is reached: run this again in a minute",
  "transient-network": `check ${setting}, and whether this machine can reach it`,
  "unknown-outcome": "Authing took too long: run this again",
  "clock-skew":
    "this machine's clock is wrong, and correcting by Authing's clock did not help: set this machine's clock",
  "credentials-refused": keyNext,
  "quota-exceeded": "a limit of the user pool's plan is reached: Authing's console says which",
  "endpoint-wrong": `the server at that host is not Authing's API: correct ${setting}`,
});

/**
 * Checks that Authing accepts the access key, by looking up a user who does not exist: nothing is changed.
 *
 * @param setting where the operator corrects the host.
 */
export async function checkAuthing(
  client: AuthingClient,
  host: string,
  setting = "authing.host in inbound.config.ts",
): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const answer = await client.getUser({ userId: unusedUserId });
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
    const next = nextsFor(setting)[kind] ?? "ask Authing, with the id of the request";
    return kind === "throttled" ? attention(what, next) : wrong(what, next);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return wrong(`Authing: ${error.reason}`, error.hint ?? keyNext);
  }
}
