import { maxUsersPerLeave, maxUsersPerUpdate } from "#lib/authing/limits.ts";
import type { Answer } from "#lib/authing/answer.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { identifiers } from "#lib/authing/identifiers.ts";
import type { Leave, Update } from "#lib/contract/change.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { findUsers } from "./people.ts";
import { fieldsToSet, referencesOf, removePerson, settleLeft, settleUpdated, updatePerson } from "./move.ts";
import { peopleInParallel, roundsOf, tellTogether } from "./told-together.ts";

type Move = Task<Update> | Task<Leave>;

/** What one call can say of many people: each by Authing's id, which is the one that both endpoints take. */
type Call = { readonly name: "update"; readonly set: object } | { readonly name: "resign" | "delete" };

interface Callable {
  readonly task: Move;
  readonly userId: string;
  readonly call: Call;
}

/**
 * Brings movers and leavers to Authing, up to 50 at a call, several calls in flight. What Authing does not say plainly of a person in a batch
 * is asked about that person alone (`move.ts`): both may be said twice. Changes of one person stay in their order.
 */
export async function movePeople(
  tasks: readonly Move[],
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  for (const round of roundsOf(tasks, personOf)) {
    const settled = new Set<Task>();
    const settleOnce: Settle = (task, outcome) => {
      settled.add(task);
      settle(task, outcome);
    };
    const callable =
      context.authing.dialect === "current" ? round.flatMap((task) => callOf(task, context)) : [];
    for (const [name, alike] of Map.groupBy(callable, ({ call }) => call.name)) {
      await tellTogether(alike, context, {
        size: name === "update" ? maxUsersPerUpdate : maxUsersPerLeave,
        call: (batch) => callFor(batch, context),
        look: (batch) => usersOf(batch, context),
        settle: (each, user, requestId) => settleMoved(each, user, requestId, context, settleOnce),
      });
    }
    const alone = Map.groupBy(
      round.filter((task) => !settled.has(task)),
      takesIdentifier,
    );
    await peopleInParallel(alone.get(false) ?? [], (task) => moveAlone(task, context, settle));
    for (const task of alone.get(true) ?? []) await moveAlone(task, context, settle);
  }
}

const isLeave = (task: Move): task is Task<Leave> => task.change.kind === "leave";

/** One person may take an identifier that another one has given up just before: such changes stay in their order. */
const takesIdentifier = (task: Move): boolean =>
  !isLeave(task) && identifiers.some((kind) => task.change.person[kind] !== undefined);

async function moveAlone(task: Move, context: DeliveryContext, settle: Settle): Promise<void> {
  await (isLeave(task) ? removePerson(task, context, settle) : updatePerson(task, context, settle));
}

const personOf = ({ known, person, source, subject = "" }: Move): string =>
  known?.userId ?? person?.userId ?? `${source}/${subject}`;

/** How a change goes with others; nothing where it has to go alone. */
function callOf(task: Move, context: DeliveryContext): Callable[] {
  const [who] = referencesOf(task);
  if (who?.kind !== "userId") return [];
  const call = isLeave(task) ? leaveCall(task, context) : updateCall(task);
  return call ? [{ task, userId: who.value, call }] : [];
}

function leaveCall({ source }: Task<Leave>, { leavePolicy }: DeliveryContext): Call {
  const policy = leavePolicy(source);
  if (policy === "resign" || policy === "delete") return { name: policy };
  return { name: "update", set: { status: policy === "suspend" ? "Suspended" : "Deactivated" } };
}

function updateCall(task: Task<Update>): Call | undefined {
  const set = fieldsToSet(task);
  return Object.keys(set).length === 0 || "password" in set ? undefined : { name: "update", set };
}

/** Settles a person of a batch, where Authing shows that they were changed. */
async function settleMoved(
  { task, userId, call }: Callable,
  user: ListedUserDto | undefined,
  requestId: string | undefined,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const told = { who: { kind: "userId", value: userId }, requestId } as const;
  if (!isLeave(task)) {
    if (user) await settleUpdated(task, { ...told, data: user }, context, settle);
  } else if (user ? isClosed(user) : call.name === "delete") {
    await settleLeft(task, told, context, settle);
  }
}

const isClosed = ({ status }: ListedUserDto): boolean => status !== undefined && status !== "Activated";

/** The answer to a departure names no people: whether each of them has left is looked up, in one call. */
const usersOf = (batch: readonly Callable[], context: DeliveryContext) =>
  findUsers(
    context,
    "userId",
    batch.map(({ userId }) => userId),
  );

function callFor(
  batch: readonly Callable[],
  { authing }: DeliveryContext,
): Promise<Answer<readonly ListedUserDto[] | undefined>> {
  const userIds = batch.map(({ userId }) => userId);
  const [first] = batch;
  if (first?.call.name === "resign") return authing.resignUserBatch({ userIds, userIdType: "user_id" });
  if (first?.call.name === "delete") {
    return authing.deleteUsersBatch({ userIds, options: { userIdType: "user_id" } });
  }
  return authing.updateUserBatch({
    list: batch.map(({ userId, call }) => ({ ...("set" in call && call.set), userId })),
  });
}
