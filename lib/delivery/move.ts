import type { UserDto } from "#lib/authing/dto.ts";
import type { Answer } from "#lib/authing/answer.ts";
import type { LeavePolicy } from "#lib/contract/policies.ts";
import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import { closesAccount, joinerOf, type Create, type Leave, type Update } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import { attemptAgain } from "./attempt.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { createPeople } from "./create.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { conflictWith } from "./conflict.ts";
import { findUsers, updatable, userIdTypes, type Who } from "./people.ts";
import { rejection } from "./rejection.ts";
import { endSessions } from "./sessions.ts";

/**
 * A mover: sends what the change holds and nothing else, so that absent fields stay as they are. Departments come last, in a
 * call of their own: one that Authing does not know keeps no account open that shall be closed.
 */
export async function updatePerson(
  task: Task<Update>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const references = referencesOf(task);
  if (references.length === 0) return bringPerson(task, context, settle);

  const set = fieldsToSet(task);
  const updates = Object.keys(set).length > 0;
  const account = accountOf(task);
  if (!updates && departmentsOf(task).length === 0 && account.userId !== undefined) {
    return settle(task, { ...nothingToChange, ...account, ...staysClosedIn(task) });
  }

  const { answer, who } = await firstFound(references, ({ kind, value: userId }) => {
    const userIdType = userIdTypes[kind];
    return attemptAgain<UserDto | undefined>(context, () =>
      updates
        ? context.authing.updateUser({ userId, ...set, options: { userIdType } })
        : context.authing.getUser({ userId, userIdType, withDepartmentIds: true }),
    );
  });
  if (answer.ok) return settleUpdated(task, { who, ...answer }, context, settle);
  if (answer.failure.kind === "user-not-found") return bringPerson(task, context, settle);
  const conflict = answer.failure.kind === "duplicate" && (await conflictOf(task, who, context));
  const status = await closeAllTheSame(set, who, context);
  settle(task, { ...rejection(answer.failure), ...conflict, ...status });
}

const nothingToChange = { kind: "already-done", reason: "nothing-to-change" } as const;

/** What `update-user` is told of a mover. */
export const fieldsToSet = (task: Task<Update>): ReturnType<typeof updatable> & { externalId?: string } => ({
  ...updatable(task.change.person),
  ...renaming(task),
});

/** A person that another source let go does not come back into departments by the way. */
const departmentsOf = ({ change, staysClosed }: Task<Update>): readonly string[] =>
  staysClosed ? [] : (change.person.departmentIds ?? []);

const staysClosedIn = ({ staysClosed }: Task<Update>) =>
  staysClosed && ({ reason: "stays-closed", field: "status" } as const);

/** The person of an answer of Authing, as far as it tells, by what they were called, and the id of the request. */
interface Told {
  readonly who: Who;
  readonly data?: UserDto | undefined;
  readonly requestId?: string | undefined;
}

/** The fields of a mover are set: what is left are their sessions, where the account was closed, and their departments. */
export async function settleUpdated(
  task: Task<Update>,
  { who, data: user, requestId }: Told,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const set = fieldsToSet(task);
  const updates = Object.keys(set).length > 0;
  const departmentIds = departmentsOf(task);
  const sessions = closesAccount(set.status) ? await endSessions(who, context) : {};
  const refusal = await moveToDepartments(departmentIds, task.change, who, user, context);
  settle(task, {
    ...(refusal
      ? departmentsRefused(refusal, updates)
      : updates || departmentIds.length > 0
        ? { kind: "accepted", ...sessions, ...(requestId !== undefined && { requestId }) }
        : nothingToChange),
    ...staysClosedIn(task),
    ...(user !== undefined && { userId: user.userId }),
  });
}

/** A field that Authing refuses keeps no account open that shall be closed: the status goes alone. */
async function closeAllTheSame(
  { status, ...others }: ReturnType<typeof updatable>,
  who: Who,
  context: DeliveryContext,
): Promise<Pick<Outcome, "closed">> {
  if (!closesAccount(status) || Object.keys(others).length === 0) return {};
  const options = { userIdType: userIdTypes[who.kind] };
  const answer = await attemptAgain(context, () =>
    context.authing.updateUser({ userId: who.value, status, options }),
  );
  if (!answer.ok) return {};
  await endSessions(who, context);
  return { closed: true };
}

/** A mover that Authing does not have: brought, where the change holds all that is known of them. */
async function bringPerson(task: Task<Update>, context: DeliveryContext, settle: Settle): Promise<void> {
  const { complete, whole, person: told } = task.change;
  const person = whole ?? told;
  // Who left before they came is closed already, however often it is said.
  const hasLeft = task.known?.isClosed === true && task.known.userId === undefined;
  const unknown = hasLeft && closesAccount(told.status) ? "already-done" : "rejected";
  if (!complete) return settle(task, { kind: unknown, reason: "user-unknown" });
  const joiner: Task<Create> = { ...task, change: joinerOf(task.change, person) };
  return createPeople([joiner], context, (_, outcome) => settle(task, outcome));
}

/** A leaver: does to the account what the source's policy says. A person who is not there has left already. */
export async function removePerson(
  task: Task<Leave>,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const references = referencesOf(task);
  if (references.length === 0) return settle(task, await unlinked(task, context));

  const policy = context.leavePolicy(task.source);
  const { answer, who } = await firstFound(references, ({ kind, value }) =>
    attemptAgain(context, () => leave(context, policy, value, userIdTypes[kind])),
  );
  if (answer.ok) return settleLeft(task, { who, requestId: answer.requestId }, context, settle);
  settle(
    task,
    answer.failure.kind === "user-not-found"
      ? { kind: "already-done", reason: "user-unknown" }
      : rejection(answer.failure),
  );
}

/** The account of a leaver is closed: what is left are their sessions. Who is deleted has none. */
export async function settleLeft(
  task: Task<Leave>,
  { who, requestId }: Told,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const sessions = context.leavePolicy(task.source) === "delete" ? {} : await endSessions(who, context);
  settle(task, {
    kind: "accepted",
    ...sessions,
    ...(who.kind === "userId" && { userId: who.value }),
    ...(requestId !== undefined && { requestId }),
  });
}

/** The departure of a person that its source never brought: an account that has their id is not closed by it. */
async function unlinked({ change }: Task<Leave>, context: DeliveryContext): Promise<Outcome> {
  const { externalId } = change.who;
  const [user] = externalId === undefined ? [] : await findUsers(context, "externalId", [externalId]);
  return user
    ? { kind: "rejected", reason: "account-not-linked", field: "externalId", userId: user.userId }
    : { kind: "already-done", reason: "user-unknown" };
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
 * By which references to look for the person of a change. Authing's id comes first and our ids of the person after it, since an
 * account may have been deleted and made anew, and the answer to a rename may have been lost. An id that only the event says
 * counts where the ledger knows the person by it, or where the task may link an account that the ledger does not know.
 */
export function referencesOf({ known, person, links, change }: Task<Update | Leave>): readonly Who[] {
  const userId = known?.userId ?? person?.userId;
  const brought = change.kind === "update" ? change.person.externalId : undefined;
  // A departure of a person who was not there is told with an id as well, which makes no account its source's.
  const isKnown = known?.userId !== undefined || person !== undefined || links;
  const ids = isKnown
    ? [known?.externalId, person?.externalId, change.who.externalId, brought, ...(person?.formerly ?? [])]
    : [];
  return [
    ...(userId === undefined ? [] : [{ kind: "userId", value: userId } as const]),
    ...[...new Set(ids)].flatMap((value): Who[] =>
      value === undefined || value === "" ? [] : [{ kind: "externalId", value }],
    ),
  ];
}

const accountOf = ({ known, person }: Task) => {
  const userId = known?.userId ?? person?.userId;
  return userId === undefined ? {} : { userId };
};

/** Goes by the first reference that Authing knows a person by; by the last one when it knows no person. */
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

/** Our id of a person goes along only when the source has given them another one. */
function renaming({ known, person, change }: Task<Update>): { externalId?: string } {
  const today = known?.externalId ?? person?.externalId ?? change.who.externalId;
  const { externalId } = change.person;
  return externalId === undefined || today === undefined || today === externalId ? {} : { externalId };
}

/** The identifier that another account has, where one look for each can tell, and what that comes to. */
async function conflictOf(
  task: Task<Update>,
  who: Who,
  context: DeliveryContext,
): Promise<Outcome | undefined> {
  const { person } = task.change;
  for (const kind of identifiers) {
    const value = person[kind];
    if (value === undefined) continue;
    const [user] = await findUsers(context, kind, [value]);
    const self = user && (who.kind === "userId" ? user.userId : user[who.kind]) === who.value;
    if (user && !self && identifierOf(user, kind) === identifierOf(person, kind)) {
      const { kind: _, reason = "conflict", ...about } = await conflictWith(user, kind, task, context);
      // A mover has an account: whose address it wants is not a question of linking.
      return { kind: "rejected", reason: reason === "identifier-in-use" ? reason : "conflict", ...about };
    }
  }
  return undefined;
}
