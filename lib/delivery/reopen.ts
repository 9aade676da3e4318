import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { attemptAgain } from "./attempt.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { closedByOthers, personOf, updatable } from "./people.ts";
import { rejection } from "./rejection.ts";

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
  { userId, externalId }: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
  reason?: "reactivated" | "linked",
): Promise<void> {
  const { person } = task.change;
  const id = person.externalId !== externalId &&
    person.externalId !== undefined && { externalId: person.externalId };
  const staysClosed = closedByOthers(await personOf(task, context), task.source).length > 0;
  const { status = reason && "Activated", ...fields } = updatable(person);
  const access = status !== undefined && !(staysClosed && status === "Activated") && { status };
  const answer = await attemptAgain(context, () =>
    context.authing.updateUser({ userId, ...id, ...fields, ...access }),
  );
  if (!answer.ok) return settle(task, rejection(answer.failure));
  const { requestId, data } = answer;
  // A resignation has ended the memberships.
  const who = { kind: "userId", value: userId } as const;
  const departmentIds = staysClosed ? [] : person.departmentIds;
  const refusal = await moveToDepartments(departmentIds, task.change, who, data, context);
  if (refusal) return settle(task, { ...departmentsRefused(refusal, true), userId });
  settle(task, {
    kind: "accepted",
    ...(reason && { reason }),
    userId,
    ...(requestId !== undefined && { requestId }),
  });
}
