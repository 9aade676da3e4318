import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import { identifierOf, identifiers } from "#lib/authing/identifiers.ts";
import { maxUsersPerCreate } from "#lib/authing/limits.ts";
import { personProblems } from "#lib/authing/rules.ts";
import type { PersonNote } from "#lib/contract/ledger.ts";
import { isDone, type Outcome } from "#lib/contract/outcome.ts";
import { packed } from "./batches.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import { createBatch } from "./create-batch.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { settleExisting } from "./existing-people.ts";
import { rememberBrought } from "./made-by.ts";
import { closedByOthers, peopleOf } from "./people.ts";
import { peopleInParallel } from "./told-together.ts";

/**
 * Creates people, 50 at a call. Whatever Authing answers, each task is settled, or the run stops with an error that says
 * why and the tasks that are left come again. One bad record costs itself, never its neighbours.
 */
export async function createPeople(
  tasks: readonly CreateTask[],
  context: DeliveryContext,
  tell: Settle,
): Promise<void> {
  const outcomes = new Map<CreateTask, Outcome>();
  const untold: CreateTask[] = [];
  const settle: Settle = (settled, outcome) => {
    const task = settled as CreateTask;
    if (outcomes.has(task)) return;
    outcomes.set(task, outcome);
    untold.push(task);
    if (isDone(outcome) && outcome.userId !== undefined && !isNotedOfFile(task))
      rememberBrought(context, outcome.userId, task.by);
  };
  /**
   * Tells what became of people once it is noted whose people they are: where that cannot be noted, they come again. Departments
   * come last: `create-users-batch` takes them only by their ids, and what the people are in them comes in a call of its own.
   */
  const tellSettled = async () => {
    const settled = untold.splice(0);
    await notePeople(settled, outcomes, context);
    const [members, others] = [settled.filter(isMember), settled.filter((task) => !isMember(task))];
    for (const task of others) tell(task, outcomes.get(task) as Outcome);
    await peopleInParallel(members, async (task) => {
      const { change } = task;
      const outcome = outcomes.get(task) as Outcome;
      const who = { kind: "userId", value: outcome.userId ?? "" } as const;
      const refusal = await moveToDepartments(change.person.departmentIds, change, who, undefined, context);
      tell(task, refusal ? { ...outcome, ...departmentsRefused(refusal, true) } : outcome);
    });
  };
  /** A person who is new, and whose memberships are known. */
  const isMember = (task: CreateTask) => {
    const { kind, reason, userId } = outcomes.get(task) as Outcome;
    const isNew = kind === "accepted" && reason === undefined && userId !== undefined;
    return isNew && task.change.memberships !== undefined;
  };
  const takeable = tasks.filter((task) => {
    const problem = personProblems(task.change.person)[0];
    if (problem) settle(task, { kind: "rejected", reason: problem.code, field: problem.path });
    return problem === undefined;
  });
  const fresh = await settleKnown(takeable, context, settle).finally(tellSettled);
  for (const { batch, options } of batchesOf(fresh)) {
    // Before the next batch: it may hold the same person again.
    await createBatch(batch, options, context, settle).finally(tellSettled);
  }
}

/** Whether it is a row with our id of the person: before another row is decided, the ledger knows which row brought the account. */
const isNotedOfFile = ({ subject, change: { person } }: CreateTask): boolean =>
  subject === undefined && person.externalId !== undefined;

/** Another event may have brought a person already: then Authing is asked about them, not told again. */
async function settleKnown(
  tasks: readonly CreateTask[],
  context: DeliveryContext,
  settle: Settle,
): Promise<readonly CreateTask[]> {
  const known = await peopleOf(tasks, context);
  const brought = tasks.filter((task, index) => known[index] !== undefined || task.isSame);
  if (brought.length === 0) return tasks;
  const kinds = brought.some(({ isSame }) => isSame) ? identifiers : "first";
  const missing = await settleExisting(brought, { context, settle, kinds, again: false });
  return tasks.filter((task, index) => {
    const person = known[index];
    if (!brought.includes(task)) return true;
    if (!missing.includes(task)) return false;
    // The account is gone because another source let them go: then this one does not bring them back either.
    if (closedByOthers(person, task.source).length === 0) return true;
    settle(task, { kind: "rejected", reason: "account-not-active", field: "status" });
    return false;
  });
}

/** Options hold for a whole call, and no two people in one call may share an identifier. */
function batchesOf(
  tasks: readonly CreateTask[],
): { batch: CreateTask[]; options: CreateUserOptionsDto | undefined }[] {
  const byOptions = Map.groupBy(tasks, ({ change: { options } }) =>
    options ? JSON.stringify(options) : "{}",
  );
  return [...byOptions.values()].flatMap((alike) =>
    packed(alike, maxUsersPerCreate, identifiersOf).map((batch) => ({
      batch,
      options: alike[0]?.change.options,
    })),
  );
}

const identifiersOf = ({ change: { person } }: CreateTask) =>
  identifiers.map((kind) => identifierOf(person, kind));

/**
 * Notes whose people those are that have been brought, or were there and are linked. A file says it of all its people, also of
 * those that it did not bring: they become its source's where they are no other source's.
 */
async function notePeople(
  tasks: readonly CreateTask[],
  outcomes: ReadonlyMap<CreateTask, Outcome>,
  { ledger }: DeliveryContext,
): Promise<void> {
  const notes = tasks.flatMap((task): PersonNote[] => {
    const { externalId } = task.change.person;
    const outcome = outcomes.get(task);
    if (!outcome || !(isDone(outcome) || outcome.kind === "already-done")) return [];
    const { userId, by = task.by } = outcome;
    if (externalId === undefined || userId === undefined) return [];
    // A file that names a source says whose people these are, also of accounts that were there before.
    const isOwn = task.owner !== undefined && (isDone(outcome) || task.subject === undefined);
    const isNew = (isDone(outcome) && outcome.reason === undefined) || task.isNewcomer === true;
    return [{ externalId, userId, createdBy: by, isNew, ...(isOwn && { owner: task.owner }) }];
  });
  if (notes.length > 0) await ledger.recordPeople(notes);
}
