import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { ListedUserDto, UserDto } from "#lib/authing/dto.ts";
import { maxUsersPerUpdate } from "#lib/authing/limits.ts";
import type { PersonRecord } from "#lib/contract/ledger.ts";
import { attemptAgain } from "./attempt.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { closedByOthers, personOf, updatable } from "./people.ts";
import { rejection } from "./rejection.ts";
import { roundsOf, tellTogether } from "./told-together.ts";

/** An operator has said that an account is this person's: it gets our id of them and what the event says, and is opened. */
export async function adopt(
  task: CreateTask,
  user: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { externalId } = task.change.person;
  const { userId, externalId: former } = user;
  const renames = former !== undefined && externalId !== undefined && former !== externalId;
  // First: once Authing has the new id, nothing there tells the one before, should this process end.
  if (renames) await context.ledger.renamePerson(former, externalId);
  let isRefused = false;
  const settleAndSee: Settle = (settled, outcome) => {
    isRefused = outcome.kind === "rejected" && outcome.partly !== true;
    settle(settled, outcome);
  };
  await bringUpToDate(task, user, context, settleAndSee, "linked");
  if (isRefused && renames) await context.ledger.renamePerson(externalId, former);
  if (isRefused || externalId === undefined) return;
  const closes = { source: task.source, isClosed: false };
  await context.ledger.recordPeople([{ externalId, userId, createdBy: task.by, owner: task.source, closes }]);
}

/** Fields that Authing does not answer as they were sent. */
const notShown: ReadonlySet<string> = new Set(["phoneCountryCode", "password", "salt"]);

/** The texts of an event or a row that the person's account has otherwise: names of Authing's fields. */
export function differing(user: ListedUserDto, person: CreateUserInfoDto): readonly string[] {
  const shown = user as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(updatable(person))
    .filter(
      ([name, value]) =>
        typeof value === "string" && !notShown.has(name) && !isShown(name, value, shown[name]),
    )
    .map(([name]) => name);
}

function isShown(name: string, value: string, shown: unknown): boolean {
  if (name !== "email" || typeof shown !== "string") return shown === value;
  // A pool may mask addresses.
  return shown.includes("*") || shown.toLowerCase() === value.toLowerCase();
}

/** Gives an account what its event says, and puts it into its departments. With a reason it is opened. */
export async function bringUpToDate(
  task: CreateTask,
  user: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
  reason?: Reason,
): Promise<void> {
  const { userId } = user;
  const staysClosed = closedByOthers(await personOf(task, context), task.source).length > 0;
  const set = fieldsToSet(task, user, staysClosed, reason);
  const answer = await attemptAgain(context, () => context.authing.updateUser({ userId, ...set }));
  if (!answer.ok) return settle(task, rejection(answer.failure));
  await settleUpToDate(task, { userId, staysClosed, ...answer }, context, settle, reason);
}

type Reason = "reactivated" | "linked" | "updated";

/** What `update-user` is told of an account. */
function fieldsToSet(
  { change: { person } }: CreateTask,
  { externalId }: ListedUserDto,
  staysClosed: boolean,
  reason: Reason | undefined,
) {
  const opens = reason === "reactivated" || reason === "linked";
  const { status = opens ? "Activated" : undefined, ...fields } = updatable(person);
  return {
    ...(person.externalId !== undefined &&
      person.externalId !== externalId && { externalId: person.externalId }),
    ...fields,
    ...(status !== undefined && !(staysClosed && status === "Activated") && { status }),
  };
}

/** The fields of an account are set: what is left are its departments. */
async function settleUpToDate(
  task: CreateTask,
  {
    userId,
    staysClosed,
    data,
    requestId,
  }: {
    readonly userId: string;
    readonly staysClosed: boolean;
    readonly data?: UserDto | undefined;
    readonly requestId?: string | undefined;
  },
  context: DeliveryContext,
  settle: Settle,
  reason: Reason | undefined,
): Promise<void> {
  // A resignation has ended the memberships.
  const who = { kind: "userId", value: userId } as const;
  const departmentIds = staysClosed ? [] : task.change.person.departmentIds;
  const refusal = await moveToDepartments(departmentIds, task.change, who, data, context);
  if (refusal) return settle(task, { ...departmentsRefused(refusal, true), userId });
  settle(task, {
    kind: "accepted",
    ...(reason && { reason }),
    userId,
    ...(requestId !== undefined && { requestId }),
  });
}

/** An account that a row of a file changes. */
export interface Changed {
  readonly task: CreateTask;
  readonly user: ListedUserDto;
  readonly known: PersonRecord | undefined;
}

/**
 * Gives accounts what the rows of a file say of them, fifty at a call. The password stays: it is the person's own by now, and Authing would take the
 * hash of a row for a password. Rows of one person stay in their order.
 */
export async function changeTogether(
  changed: readonly Changed[],
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const items = changed.map(({ task, user, known }) => {
    const { password: _, ...person } = task.change.person;
    const row: CreateTask = { ...task, change: { ...task.change, person } };
    const staysClosed = closedByOthers(known, task.source).length > 0;
    return { task, row, user, userId: user.userId, staysClosed };
  });
  for (const round of roundsOf(items, ({ userId }) => userId)) {
    const settled = new Set<CreateTask>();
    const told =
      (task: CreateTask): Settle =>
      (_, outcome) => {
        settled.add(task);
        settle(task, outcome);
      };
    if (context.authing.dialect === "current") {
      await tellTogether(round, context, {
        size: maxUsersPerUpdate,
        call: (batch) =>
          context.authing.updateUserBatch({
            list: batch.map(({ row, user, userId, staysClosed }) => ({
              ...fieldsToSet(row, user, staysClosed, "updated"),
              userId,
            })),
          }),
        settle: async ({ task, row, userId, staysClosed }, data, requestId) => {
          if (data)
            await settleUpToDate(
              row,
              { userId, staysClosed, data, requestId },
              context,
              told(task),
              "updated",
            );
        },
      });
    }
    for (const { task, row, user } of round) {
      if (!settled.has(task)) await bringUpToDate(row, user, context, told(task), "updated");
    }
  }
}
