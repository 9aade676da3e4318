import type { ListedUserDto } from "#lib/authing/dto.ts";
import { attemptAgain } from "./attempt.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { updatable } from "./people.ts";
import { rejection } from "./rejection.ts";

/** An operator has said that an account is this person's: it gets our id of them and what the event says, and is opened. */
export async function adopt(
  task: CreateTask,
  user: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { externalId } = task.change.person;
  await reopen(task, user, "linked", context, settle);
  if (externalId === undefined) return;
  const { userId, externalId: former } = user;
  if (former !== undefined && former !== externalId) await context.ledger.renamePerson(former, externalId);
  const closes = { source: task.source, isClosed: false };
  await context.ledger.recordPeople([{ externalId, userId, createdBy: task.by, owner: task.source, closes }]);
}

/** Opens an account that is there, brings it up to date with what the event says and puts it into its departments. */
export async function reopen(
  task: CreateTask,
  { userId, externalId }: ListedUserDto,
  reason: "reactivated" | "linked",
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { person } = task.change;
  const id = person.externalId !== externalId &&
    person.externalId !== undefined && { externalId: person.externalId };
  const answer = await attemptAgain(context, () =>
    context.authing.updateUser({ userId, ...id, ...updatable(person), status: person.status ?? "Activated" }),
  );
  if (!answer.ok) return settle(task, rejection(answer.failure));
  const { requestId, data } = answer;
  // A resignation has ended the memberships.
  const who = { kind: "userId", value: userId } as const;
  const refusal = await moveToDepartments(person.departmentIds, who, data, context);
  if (refusal) return settle(task, { ...departmentsRefused(refusal, true), userId });
  settle(task, { kind: "accepted", reason, userId, ...(requestId !== undefined && { requestId }) });
}
