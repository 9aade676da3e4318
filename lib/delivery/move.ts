import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { UserDto } from "#lib/authing/dto.ts";
import type { Answer } from "#lib/authing/answer.ts";
import type { LeavePolicy } from "#lib/contract/policies.ts";
import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import type { Create, Leave, Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { attemptAgain } from "./attempt.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { createPeople } from "./create.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { findUsers, firstReference, hasLeftElsewhere, updatable, userIdTypes, type Who } from "./people.ts";
import { rejection } from "./rejection.ts";

/**
 * A mover: sends what the change holds and nothing else, so that absent fields stay as they are. Departments come last, in a
 * call of their own: one that Authing does not know keeps no account open that shall be closed.
 */
export async function updatePerson(
  task: Task<Update>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { change } = task;
  const references = await referencesOf(task, context);
  if (references.length === 0) return settle(task, { kind: "rejected", reason: "user-unknown" });

  const { status, ...rest } = { ...updatable(change.person), ...renaming(change) };
  const told = change.person.departmentIds ?? [];
  // Whom one system let go, another one does not let in again by the way, nor back into departments.
  const opens = status === "Activated" || told.length > 0;
  const staysClosed = opens && (await isOthersToOpen(task, context));
  const set = status === undefined || (staysClosed && status === "Activated") ? rest : { ...rest, status };
  const departmentIds = staysClosed ? [] : told;
  const updates = Object.keys(set).length > 0;
  if (!updates && departmentIds.length === 0)
    return settle(task, { kind: "already-done", reason: "nothing-to-change" });

  const { answer, who } = await firstFound(references, ({ kind, value: userId }) => {
    const userIdType = userIdTypes[kind];
    return attemptAgain<UserDto | undefined>(context, () =>
      updates
        ? context.authing.updateUser({ userId, ...set, options: { userIdType } })
        : context.authing.getUser({ userId, userIdType, withDepartmentIds: true }),
    );
  });
  if (answer.ok) {
    const refusal = await moveToDepartments(departmentIds, who, answer.data, context);
    return settle(task, {
      ...(refusal
        ? departmentsRefused(refusal, updates)
        : { kind: "accepted", ...(answer.requestId !== undefined && { requestId: answer.requestId }) }),
      ...(staysClosed && { reason: "stays-closed", field: "status" }),
      ...(answer.data !== undefined && { userId: answer.data.userId }),
    });
  }
  if (answer.failure.kind === "user-not-found") {
    if (!change.complete) return settle(task, { kind: "rejected", reason: "user-unknown" });
    const { whole: person = change.person, trail } = change;
    const joiner: Task<Create> = { ...task, change: { kind: "create", person, trail } };
    return createPeople([joiner], context, (_, outcome) => settle(task, outcome));
  }
  if (answer.failure.kind === "duplicate") {
    return settle(task, { ...rejection(answer.failure), ...(await takenField(change.person, who, context)) });
  }
  settle(task, rejection(answer.failure));
}

/** A leaver: does to the account what the source's policy says. Somebody who is not there has left already. */
export async function removePerson(
  task: Task<Leave>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const references = await referencesOf(task, context);
  if (references.length === 0) return settle(task, { kind: "already-done", reason: "user-unknown" });

  const policy = context.leavePolicy(task.source);
  const { answer, who } = await firstFound(references, ({ kind, value }) =>
    attemptAgain(context, () => leave(context, policy, value, userIdTypes[kind])),
  );
  if (answer.ok) {
    return settle(task, {
      kind: "accepted",
      ...(who.kind === "userId" && { userId: who.value }),
      ...(answer.requestId !== undefined && { requestId: answer.requestId }),
    });
  }
  settle(
    task,
    answer.failure.kind === "user-not-found"
      ? { kind: "already-done", reason: "user-unknown" }
      : rejection(answer.failure),
  );
}

function leave(
  { authing }: DeliveryContext,
  policy: LeavePolicy,
  userId: string,
  userIdType: (typeof userIdTypes)[keyof typeof userIdTypes],
) {
  switch (policy) {
    case "resign":
      return authing.resignUserBatch({ userIds: [userId], userIdType });
    case "delete":
      return authing.deleteUsersBatch({ userIds: [userId], options: { userIdType } });
    case "suspend":
      return authing.updateUser({ userId, status: "Suspended", options: { userIdType } });
    case "deactivate":
      return authing.updateUser({ userId, status: "Deactivated", options: { userIdType } });
  }
}

/**
 * Whom a change is about: by itself, or as the person whom its source knows by the event's subject. The surest reference
 * comes first and our ids of the person after it, since an account may have been deleted and made anew, and the answer to a
 * rename may have been lost. What else may point to a person, such as an e-mail, only counts where there is no id.
 */
async function referencesOf(task: Task<Update | Leave>, context: DeliveryContext): Promise<readonly Who[]> {
  const { source, subject, change } = task;
  const known = subject === undefined ? undefined : await context.ledger.subject(source, subject);
  const first = firstReference({
    ...change.who,
    ...(known?.userId !== undefined && { userId: known.userId }),
    ...(known?.externalId !== undefined && { externalId: known.externalId }),
  });
  if (!first || (first.kind !== "userId" && first.kind !== "externalId")) return first ? [first] : [];
  const brought = change.kind === "update" ? change.person.externalId : undefined;
  const ours = new Set([known?.externalId, change.who.externalId, brought]);
  return [
    first,
    ...[...ours].flatMap((value): Who[] =>
      value === undefined || value === "" || value === first.value ? [] : [{ kind: "externalId", value }],
    ),
  ];
}

/** Goes by the first reference that Authing knows somebody by; by the last one when it knows nobody. */
async function firstFound<Data>(
  references: readonly Who[],
  call: (who: Who) => Promise<Answer<Data>>,
): Promise<{ answer: Answer<Data>; who: Who }> {
  const [who, ...others] = references;
  if (!who) throw new InboundError("malformed", "reference-missing");
  const answer = await call(who);
  const isUnknown = !answer.ok && answer.failure.kind === "user-not-found";
  return isUnknown && others.length > 0 ? firstFound(others, call) : { answer, who };
}

async function isOthersToOpen(
  { source, subject, change }: Task<Update>,
  { ledger }: DeliveryContext,
): Promise<boolean> {
  const known = subject === undefined ? undefined : await ledger.subject(source, subject);
  const externalId = known?.externalId ?? change.person.externalId ?? change.who.externalId;
  return externalId !== undefined && hasLeftElsewhere(await ledger.person(externalId), source);
}

/** Our id of a person goes along only when the source gave them another one: then `who` has the one before. */
function renaming({ who, person }: Update): { externalId?: string } {
  const isRenamed = who.externalId !== undefined && who.externalId !== person.externalId;
  return isRenamed && person.externalId !== undefined ? { externalId: person.externalId } : {};
}

/** Names the field that somebody else has, where one look per identifier can tell. */
async function takenField(
  person: Partial<CreateUserInfoDto>,
  who: Who,
  context: DeliveryContext,
): Promise<Pick<Outcome, "field">> {
  for (const kind of identifiers) {
    const value = person[kind];
    if (value === undefined || kind === "externalId") continue;
    const [user] = await findUsers(context, kind, [value]);
    const self = user && (who.kind === "userId" ? user.userId : user[who.kind]) === who.value;
    if (user && !self && identifierOf(user, kind) === identifierOf(person, kind)) return { field: kind };
  }
  return {};
}
