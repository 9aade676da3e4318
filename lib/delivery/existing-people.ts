import type { ListedUserDto } from "#lib/authing/dto.ts";
import { identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { conflictWith } from "./conflict.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import type { PersonRecord } from "#lib/contract/ledger.ts";
import { isMadeBy } from "./made-by.ts";
import { closedByOthers, findByIdentifier, isOnlyLinked, isSamePerson, personOf } from "./people.ts";
import { adopt, bringUpToDate, changeTogether, differing, type Changed } from "./reopen.ts";

/** Authing's look-up may lag behind its creates by some seconds: how often it is asked again, and after how long at first. */
const looksAgain = 6;
const firstLookAgainMilliseconds = 200;

interface Look {
  readonly context: DeliveryContext;
  readonly settle: Settle;
  /** By which identifiers to look; `first`: by the first one that a person has. */
  readonly kinds: typeof identifiers | "first";
  /** Whether they have to be there, so that they are looked for again for some seconds. */
  readonly again: boolean;
}

/** Settles those who are in the pool, and those whose identifier another account has there; returns the rest. */
export async function settleExisting(
  batch: readonly CreateTask[],
  look: Look,
): Promise<readonly CreateTask[]> {
  let rest = batch;
  for (let round = 0; rest.length > 0; round += 1) {
    for (const kind of identifiers) {
      const settled = await settleBy(kind, rest, look);
      rest = rest.filter((task) => !settled.has(task));
    }
    const { clock, deadline } = look.context;
    const wait = firstLookAgainMilliseconds * 2 ** round;
    if (!look.again || round === looksAgain || clock.now() + wait >= deadline) break;
    if (rest.length > 0) await clock.wait(wait);
  }
  return rest;
}

async function settleBy(
  kind: Identifier,
  tasks: readonly CreateTask[],
  { context, settle, kinds }: Look,
): Promise<ReadonlySet<CreateTask>> {
  const asked = tasks.filter(({ change: { person } }) =>
    kinds === "first"
      ? identifiers.find((candidate) => person[candidate] !== undefined) === kind
      : person[kind] !== undefined,
  );
  const found = await findByIdentifier(
    context,
    kind,
    asked.map(({ change: { person } }) => person),
  );
  const settled = new Set<CreateTask>();
  const changed: Changed[] = [];
  for (const task of asked) {
    const user = found(task.change.person);
    if (!user) continue;
    settled.add(task);
    if (isSamePerson(user, task.change.person)) {
      const left = await settleSame(task, user, kind, context, settle);
      if (left) changed.push(left);
    } else if (task.isSame) await adopt(task, user, context, settle);
    else settle(task, await conflictWith(user, kind, task, context));
  }
  await changeTogether(changed, context, settle);
  return settled;
}

/**
 * The person is there. By this event, or before? An account that began after the event was received, with its identifiers, is of its
 * making. One that the ledger does not know is linked where the task may link; an account that is closed is opened for a
 * joiner whose source had closed it. An account that a row of a file changes is returned, to be changed with others.
 */
async function settleSame(
  task: CreateTask,
  user: ListedUserDto,
  kind: Identifier,
  context: DeliveryContext,
  settle: Settle,
): Promise<Changed | void> {
  const { person } = task.change;
  const known = await personOf(task, context);
  const isOurs = (known === undefined || isOnlyLinked(known)) && isMadeBy(task, user, context);
  // An account with the same address or number is not the person's by that: only our id links.
  if (person.externalId === undefined && task.subject !== undefined && !isOurs && !task.isSame) {
    return settle(task, await conflictWith(user, kind, task, context));
  }
  if (known === undefined && !isOurs && !task.links) {
    return settle(task, { kind: "held", reason: "account-exists", field: "externalId", userId: user.userId });
  }
  if (known && !isOurs && !task.links && known.owner !== task.source) {
    const { createdBy: by } = known;
    // Without the account's id: by it the source could speak about the person from then on.
    if (!task.isMover) return settle(task, { kind: "already-done", by });
    return settle(task, { kind: "rejected", reason: "person-of-another-source", by, userId: user.userId });
  }
  const wantsOpen = (person.status ?? "Activated") === "Activated";
  const isClosed = user.status !== undefined && user.status !== "Activated" && wantsOpen;
  if (task.isSame) return adopt(task, user, context, settle);
  // Also one that is open: a process may have ended in the middle of opening it.
  const isRehire =
    known?.closedBy?.includes(task.source) === true &&
    closedByOthers(known, task.source).length === 0 &&
    context.rehirePolicy(task.source) === "reactivate";
  if (isRehire && wantsOpen) return bringUpToDate(task, user, context, settle, "reactivated");
  if (isClosed && !isOurs) {
    settle(task, { kind: "rejected", reason: "account-not-active", field: "status", userId: user.userId });
    return;
  }
  // Another event about the person may have made it at the same time: then it lacks what this one says.
  if (isOurs && task.subject !== undefined && differing(user, person).length > 0) {
    return bringUpToDate(task, user, context, settle);
  }
  const isBrought = isOurs || known?.createdBy === task.by;
  const differs = isBrought || task.subject !== undefined ? [] : differing(user, person);
  if (differs.length > 0 && task.updates) {
    if (!isOfOther(task, known)) return { task, user, known };
    const { createdBy: by } = known;
    return settle(task, { kind: "rejected", reason: "person-of-another-source", by, userId: user.userId });
  }
  settle(task, {
    kind: isBrought ? "accepted" : "already-done",
    userId: user.userId,
    ...(known && !isBrought && { by: known.createdBy }),
    ...(differs.length > 0 && { differs }),
  });
}

/** A row of a file changes an account that exists, with the authority of the file's source: people of another source are not its own. */
const isOfOther = ({ owner }: CreateTask, known: PersonRecord | undefined): known is PersonRecord =>
  known?.owner !== undefined && known.owner !== owner;
