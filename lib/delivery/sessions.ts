import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryContext } from "./context.ts";
import { userIdTypes, type Who } from "./people.ts";

/**
 * Ends the sessions of a person whose account has just been closed, in the applications of the configuration. Asked once: the
 * account is closed whatever becomes of it, so that an endpoint that refuses us keeps no departure from being recorded. Resolves
 * to what the outcome says of it; to nothing where no session is to be ended.
 */
export async function endSessions(
  { kind, value: userId }: Who,
  { authing, pace, log, deadline, endsSessionsOf: appIds = [] }: DeliveryContext,
): Promise<Pick<Outcome, "reason">> {
  if (appIds.length === 0) return {};
  try {
    const permit = await pace.permit(deadline);
    if (!permit) throw new InboundError("unavailable", "time-is-up");
    const answer = await authing.kickUsers({ userId, appIds, options: { userIdType: userIdTypes[kind] } });
    if (answer.ok) {
      permit.accepted();
      return { reason: "sessions-ended" };
    }
    const { failure } = answer;
    if (failure.kind === "throttled") permit.throttled(failure.retryAfterSeconds);
    else permit.accepted();
    throw new InboundError("unavailable", failure.kind);
  } catch (error) {
    log.warn("sessions not ended", { reason: reasonOf(error) });
    return { reason: "sessions-not-ended" };
  }
}
