import { maxUsersPerLeave, maxUsersPerUpdate } from "#lib/authing/limits.ts";
import type { Answer } from "#lib/authing/answer.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import type { Leave, Update } from "#lib/contract/change.ts";
import { sayAgain } from "./attempt.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { findUsers } from "./people.ts";
import { fieldsToSet, referencesOf, removePerson, settleLeft, settleUpdated, updatePerson } from "./move.ts";

type Move = Task<Update> | Task<Leave>;

/** What one call can say of many people: each by Authing's id, which is the one that both endpoints take. */
type Call = { readonly name: "update"; readonly set: object } | { readonly name: "resign" | "delete" };

interface Callable {
  readonly task: Move;
  readonly userId: string;
  readonly call: Call;
}

/**
 * Brings movers and leavers to Authing, up to 50 at a call. What Authing does not say plainly of a person in a batch is asked about that
 * person alone (`move.ts`): both may be said twice. Changes of one person stay in their order.
 */
export async function movePeople(
  tasks: readonly Move[],
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  for (const round of roundsOf(tasks)) {
    const settled = new Set<Task>();
    const settleOnce: Settle = (task, outcome) => {
      settled.add(task);
      settle(task, outcome);
    };
    const callable =
      context.authing.dialect === "current" ? round.flatMap((task) => callOf(task, context)) : [];
    for (const alike of Map.groupBy(callable, ({ call }) => call.name).values()) {
      const size = alike[0]?.call.name === "update" ? maxUsersPerUpdate : maxUsersPerLeave;
      for (let start = 0; start < alike.length; start += size) {
        await send(alike.slice(start, start + size), context, settleOnce);
      }
    }
    for (const task of round) if (!settled.has(task)) await moveAlone(task, context, settle);
  }
}

const isLeave = (task: Move): task is Task<Leave> => task.change.kind === "leave";

async function moveAlone(task: Move, context: DeliveryContext, settle: Settle): Promise<void> {
  await (isLeave(task) ? removePerson(task, context, settle) : updatePerson(task, context, settle));
}

/** Changes in rounds: in each round at most one of a person, in the order of the changes. */
function roundsOf(tasks: readonly Move[]): Move[][] {
  const rounds: Move[][] = [];
  const roundOf = new Map<string, number>();
  for (const task of tasks) {
    const { known, person, source, subject = "" } = task;
    const key = known?.userId ?? person?.userId ?? `${source}/${subject}`;
    const round = (roundOf.get(key) ?? -1) + 1;
    roundOf.set(key, round);
    (rounds[round] ??= []).push(task);
  }
  return rounds;
}

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

/** Sends a batch; by halves where it was refused for one of its people. A person who is left alone is not settled here. */
async function send(batch: readonly Callable[], context: DeliveryContext, settle: Settle): Promise<void> {
  if (batch.length < 2) return;
  const answer = await sayAgain(context, () => callFor(batch, context));
  if (answer.ok) {
    const users = answer.data ?? (await usersOf(batch, context));
    for (const { task, userId, call } of batch) {
      const told = { who: { kind: "userId", value: userId }, requestId: answer.requestId } as const;
      const data = users.find((user) => user.userId === userId);
      if (!isLeave(task)) {
        if (data) await settleUpdated(task, { ...told, data }, context, settle);
      } else if (data ? isClosed(data) : call.name === "delete") {
        await settleLeft(task, told, context, settle);
      }
    }
    return;
  }
  // Authing has not answered: the first person alone shows whether it is down, or refuses one of these.
  if (answer.failure.retry === "after-lookup") return;
  const middle = Math.ceil(batch.length / 2);
  await send(batch.slice(0, middle), context, settle);
  await send(batch.slice(middle), context, settle);
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
