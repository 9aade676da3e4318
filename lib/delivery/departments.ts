import type { UserDto } from "#lib/authing/dto.ts";
import type { Failure } from "#lib/authing/failures.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { attemptAgain } from "./attempt.ts";
import type { DeliveryContext } from "./context.ts";
import { userIdTypes, type Who } from "./people.ts";
import { rejection } from "./rejection.ts";

/**
 * Puts a person who is there into the departments that were told, and into no others. Does nothing when none were told, or
 * when Authing's answer to the call before (`user`) shows them there. Resolves to why Authing refuses them.
 */
export async function moveToDepartments(
  departmentIds: readonly string[] = [],
  who: Who,
  user: UserDto | undefined,
  context: DeliveryContext,
): Promise<Failure | undefined> {
  const isThere = user?.departmentIds?.toSorted().join() === departmentIds.toSorted().join();
  if (departmentIds.length === 0 || isThere) return undefined;
  const { kind, value } = user ? ({ kind: "userId", value: user.userId } as const) : who;
  const answer = await attemptAgain(context, () =>
    context.authing.setUserDepartments({
      userId: value,
      departments: departmentIds.map((departmentId) => ({ departmentId })),
      options: { userIdType: userIdTypes[kind] },
    }),
  );
  return answer.ok ? undefined : answer.failure;
}

/** What becomes of a change whose departments were refused; `isPartly`: it had more, which was applied. */
export function departmentsRefused(failure: Failure, isPartly: boolean): Outcome {
  return { ...rejection(failure), field: "departmentIds", ...(isPartly && { partly: true }) };
}
