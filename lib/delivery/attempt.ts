import type { Answer } from "#lib/authing/answer.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { DeliveryContext } from "./context.ts";

const firstWaitMilliseconds = 200;
const longestWaitMilliseconds = 20_000;
/** For the pace a 503 is a refusal like 429, whatever became of the call: gateways answer so beyond what they can take. */
const gatewayOverloaded = 503;

/** What it takes to call Authing until it decides. */
export type Attempts = Pick<DeliveryContext, "pace" | "clock" | "log" | "deadline">;

/**
 * Calls Authing, at its pace, until it decides. What is safe to repeat as it stands is repeated while there is time: after
 * throttling when the pace allows, after a connection that never opened with exponential back-off and full jitter. Throws
 * `misconfigured` when the whole run must stop and `unavailable` when time is up; whatever else Authing said is the answer.
 */
export async function attempt<Data>(
  { pace, clock, log, deadline }: Attempts,
  call: () => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  for (let round = 0; ; round += 1) {
    const permit = await pace.permit(deadline);
    if (!permit) throw new InboundError("unavailable", "time-is-up");
    const answer = await call();
    if (answer.ok) {
      permit.accepted();
      return answer;
    }
    const { failure } = answer;
    if (failure.kind === "throttled") {
      permit.throttled(failure.retryAfterSeconds);
      const { retryAfterSeconds, requestId } = failure;
      log.warn(
        "authing throttled",
        { retryAfterSeconds, authingRequestId: requestId },
        { AuthingThrottled: 1 },
      );
    } else if (failure.httpStatus === gatewayOverloaded) permit.throttled(failure.retryAfterSeconds);
    else if (failure.httpStatus !== undefined) permit.accepted();
    if (failure.scope === "run") {
      const { kind, requestId } = failure;
      log.error("authing refused", { reason: kind, authingRequestId: requestId }, { AuthingRefused: 1 });
      throw stopOf(failure);
    }
    if (failure.retry !== "after-delay") return answer;
    if (failure.kind === "throttled") continue;

    const wait = clock.random() * Math.min(longestWaitMilliseconds, firstWaitMilliseconds * 2 ** round);
    if (clock.now() + wait >= deadline) throw new InboundError("unavailable", failure.kind);
    await clock.wait(wait);
  }
}

/** For what may be said twice, such as an update or a departure: after an unknown outcome it is simply said again, twice at most. */
export async function sayAgain<Data>(
  context: DeliveryContext,
  call: () => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  let answer = await attempt(context, call);
  for (let again = 0; again < 2 && !answer.ok && answer.failure.retry === "after-lookup"; again += 1) {
    answer = await attempt(context, call);
  }
  return answer;
}

/** As `sayAgain`. Throws `unavailable` where the outcome stays unknown. */
export async function attemptAgain<Data>(
  context: DeliveryContext,
  call: () => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  const answer = await sayAgain(context, call);
  if (!answer.ok && answer.failure.retry === "after-lookup") {
    throw new InboundError("unavailable", answer.failure.kind);
  }
  return answer;
}

/** Bad credentials, an exhausted plan, a wrong host: no record is at fault, and every next one would fare the same. */
function stopOf(failure: Failure): InboundError {
  return new InboundError("misconfigured", failure.kind, {
    hint: "nothing was dropped; mend the secret or the settings of Authing and the queue goes on by itself",
  });
}
