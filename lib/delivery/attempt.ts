import type { Answer } from "#lib/authing/client.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { DeliveryContext } from "./context.ts";

const firstWaitMilliseconds = 200;
const longestWaitMilliseconds = 20_000;

/**
 * Calls Authing until it decides. What is safe to repeat as it stands (throttling, a connection that never opened) is
 * waited out with the wait Authing asks for, else with exponential back-off and full jitter, as long as there is time.
 * Throws `misconfigured` when the whole run must stop and `unavailable` when time is up; whatever else Authing said is
 * the answer.
 */
export async function attempt<Data>(
  context: DeliveryContext,
  call: () => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  for (let round = 0; ; round += 1) {
    if (context.clock.now() >= context.deadline) throw new InboundError("unavailable", "time-is-up");
    const answer = await call();
    if (answer.ok) return answer;
    if (answer.failure.scope === "run") throw stopOf(answer.failure);
    if (answer.failure.retry !== "after-delay") return answer;

    const ceiling = Math.min(longestWaitMilliseconds, firstWaitMilliseconds * 2 ** round);
    const wait = (answer.failure.retryAfterSeconds ?? 0) * 1000 || context.clock.random() * ceiling;
    if (context.clock.now() + wait >= context.deadline) {
      throw new InboundError("unavailable", answer.failure.kind);
    }
    await context.clock.wait(wait);
  }
}

/** For what may be said twice, such as an update or a departure: after an unknown outcome it is simply said again. */
export async function attemptAgain<Data>(
  context: DeliveryContext,
  call: () => Promise<Answer<Data>>,
): Promise<Answer<Data>> {
  let answer = await attempt(context, call);
  for (let again = 0; again < 2 && !answer.ok && answer.failure.retry === "after-lookup"; again += 1) {
    answer = await attempt(context, call);
  }
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
