import type { CreateUserInfoDto, CreateUserOptionsDto } from "#lib/contract/person.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { maxUsersPerCreate } from "#lib/authing/dto.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { personProblems } from "#lib/authing/rules.ts";
import { identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Create } from "#lib/contract/change.ts";
import { isDone, type Outcome } from "#lib/contract/outcome.ts";
import { attempt, attemptAgain } from "./attempt.ts";
import { packed } from "./batches.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { conflictWith } from "./conflict.ts";
import { closedByOthers, findUsers, isOnlyLinked, isSamePerson, personOf, updatable } from "./people.ts";
import { rejection } from "./rejection.ts";

type CreateTask = Task<Create>;

/** How often a batch is sent anew after nobody could tell whether it arrived. */
const maxUnknownOutcomes = 3;
/** So many records refused for their custom fields, and none taken, may be the fault of a setting. */
const misfitsUntilAsked = 3;
/** How far Authing's clock and ours may differ when we ask whether an account is of our making. */
const clockToleranceMilliseconds = 5_000;
/** Authing's look-up may lag behind its creates by some seconds: how often it is asked again, and after how long at first. */
const looksAgain = 6;
const firstLookAgainMilliseconds = 200;

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
  const settle: Settle = (task, outcome) => {
    outcomes.set(task as CreateTask, outcome);
    if (isDone(outcome) && outcome.userId !== undefined) rememberBrought(context, outcome.userId, task.by);
    tell(task, outcome);
  };
  const takeable = tasks.filter((task) => {
    const problem = personProblems(task.change.person)[0];
    if (problem) settle(task, { kind: "rejected", reason: problem.code, field: problem.path });
    return problem === undefined;
  });
  const fresh = await settleKnown(takeable, context, settle);
  await notePeople(
    takeable.filter((task) => !fresh.includes(task)),
    outcomes,
    context,
  );
  for (const { batch, options } of batchesOf(fresh)) {
    const run: Run = {
      batch,
      context,
      settle,
      options,
      suspects: [],
      misfits: [],
      succeeded: false,
      refusesWhole: false,
    };
    await place(batch, run, 0);
    settleSuspects(run);
    for (const { task, failure } of run.misfits) settle(task, rejection(failure));
    // Before the next batch: it may hold the same person again.
    await notePeople(batch, outcomes, context);
  }
}

/** Notes whose people those are that have been brought, or were there and are linked. */
async function notePeople(
  tasks: readonly CreateTask[],
  outcomes: ReadonlyMap<CreateTask, Outcome>,
  { ledger }: DeliveryContext,
): Promise<void> {
  await ledger.recordPeople(
    tasks.flatMap((task) => {
      const { externalId } = task.change.person;
      const outcome = outcomes.get(task);
      if (!outcome || !(isDone(outcome) || outcome.kind === "already-done")) return [];
      const { userId, by = task.by } = outcome;
      if (externalId === undefined || userId === undefined) return [];
      const isOwn = isDone(outcome) && task.owner !== undefined;
      const { owner, isNewcomer } = task;
      return {
        externalId,
        userId,
        createdBy: by,
        ...(isOwn && { owner }),
        ...(isNewcomer && { isNewcomer }),
      };
    }),
  );
}

interface Run {
  readonly batch: readonly CreateTask[];
  readonly context: DeliveryContext;
  readonly settle: Settle;
  readonly options: CreateUserOptionsDto | undefined;
  /** Records that failed alone with an error that may as well be an outage. */
  readonly suspects: { task: CreateTask; failure: Failure }[];
  /** Records that were refused alone for their custom fields. */
  readonly misfits: { task: CreateTask; failure: Failure }[];
  /** Whether Authing took anything in this run. */
  succeeded: boolean;
  /** Authing has refused a batch and had taken none of it. */
  refusesWhole: boolean;
}

async function place(batch: readonly CreateTask[], run: Run, unknownOutcomes: number): Promise<void> {
  const { context, settle } = run;
  const [only, ...more] = batch;
  if (only === undefined) return;

  const answer = await attempt(context, () =>
    context.authing.createUsersBatch({
      list: batch.map((task) => task.change.person),
      ...(run.options && { options: run.options }),
    }),
  );
  if (answer.ok) {
    run.succeeded = true;
    return confirm(batch, answer.data, answer.requestId, run);
  }

  const { failure } = answer;
  const duplicate = failure.kind === "duplicate";
  const refused = failure.retry === "never" && !duplicate;
  // Who of them is there now? An unanswered batch may have been taken wholly, a refused one in part.
  const unsure = failure.applied !== "no" && !(refused && run.refusesWhole);
  const rest =
    duplicate || unsure
      ? await settleExisting(batch, {
          context,
          settle,
          kinds: duplicate ? identifiers : "first",
          // Alone, it is the one that is there: the look-up has to show it sooner or later.
          again: duplicate && more.length === 0,
        })
      : batch;
  if (rest.length === 0) return;
  if (duplicate && more.length === 0) {
    return settle(only, {
      kind: "rejected",
      reason: only.subject === undefined ? "conflict" : "identifier-in-use",
    });
  }
  if (rest.length < batch.length) return place(rest, run, unknownOutcomes);
  if (refused) run.refusesWhole = true;

  if (failure.retry === "after-lookup" && unknownOutcomes < maxUnknownOutcomes) {
    return place(rest, run, unknownOutcomes + 1);
  }
  if (failure.kind === "unknown-outcome") throw new InboundError("unavailable", failure.kind);
  if (more.length === 0) {
    if (failure.kind === "bad-custom-field") {
      run.misfits.push({ task: only, failure });
      if (run.misfits.length === misfitsUntilAsked && !run.succeeded) await stopAtUnknownField(run);
    } else if (failure.retry === "never") settle(only, rejection(failure));
    else run.suspects.push({ task: only, failure });
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await place(batch.slice(0, middle), run, 0);
  await place(batch.slice(middle), run, 0);
}

/**
 * A record that alone fails with a server error is bad if its neighbours went through. If nothing went through, Authing
 * may be down: everything comes again.
 */
function settleSuspects({ suspects, succeeded, settle }: Run): void {
  if (suspects.length === 0) return;
  if (!succeeded) throw new InboundError("unavailable", suspects[0]?.failure.kind ?? "server-error");
  for (const { task, failure } of suspects) settle(task, rejection(failure));
}

/**
 * A custom field that everybody of the batch has and the user pool does not: no record is at fault but the configuration,
 * and everything stops until the one or the other is mended. Rows of a file bring their own fields; they are refused.
 */
async function stopAtUnknownField({ batch, context }: Run): Promise<void> {
  if (batch.some(({ subject }) => subject === undefined)) return;
  const [first = [], ...others] = batch.map(({ change: { person } }) => Object.keys(person.customData ?? {}));
  const shared = first.filter((key) => others.every((keys) => keys.includes(key)));
  if (shared.length === 0) return;
  const known = await customFields(context);
  const missing = known && shared.find((key) => !known.has(key));
  if (missing === undefined) return;
  throw new InboundError("misconfigured", "custom-field-unknown", {
    path: `customData.${missing}`,
    hint: "create the field in Authing's console, or take it out of customData in inbound.config.ts; nothing was dropped",
  });
}

/** The keys of the pool's custom fields; `undefined` where Authing does not tell, as an access key may lack the right to ask. */
async function customFields(context: DeliveryContext): Promise<ReadonlySet<string> | undefined> {
  try {
    const answer = await attempt(context, () => context.authing.getCustomFields({ targetType: "USER" }));
    return answer.ok ? new Set(answer.data.map(({ key }) => key)) : undefined;
  } catch (error) {
    if (error instanceof InboundError && error.code === "misconfigured") return undefined;
    throw error;
  }
}

/** Success says nothing about single people: each one must be in the answer, or be found, to count. */
async function confirm(
  batch: readonly CreateTask[],
  users: readonly ListedUserDto[],
  requestId: string | undefined,
  run: Run,
): Promise<void> {
  const left = batch.filter((task) => {
    const user = users.find((candidate) => isSamePerson(candidate, task.change.person));
    if (user) {
      run.settle(task, {
        kind: "accepted",
        userId: user.userId,
        ...(requestId !== undefined && { requestId }),
      });
    }
    return user === undefined;
  });
  const { context, settle } = run;
  const missing = await settleExisting(left, { context, settle, kinds: "first", again: true });
  for (const task of missing) run.settle(task, { kind: "rejected", reason: "not-confirmed" });
}

interface Look {
  readonly context: DeliveryContext;
  readonly settle: Settle;
  /** By which identifiers to look; `first`: by the first one that a person has. */
  readonly kinds: typeof identifiers | "first";
  /** Whether they have to be there, so that they are looked for again for some seconds. */
  readonly again: boolean;
}

/** Settles those who are in the pool, and those whose identifier another account has there; returns the rest. */
async function settleExisting(batch: readonly CreateTask[], look: Look): Promise<readonly CreateTask[]> {
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
  const found = new Map<string | undefined, ListedUserDto>();
  for (const user of await findUsers(context, kind, valuesOf(asked, kind))) {
    found.set(identifierOf(user, kind), user);
  }
  const settled = new Set<CreateTask>();
  for (const task of asked) {
    const user = found.get(identifierOf(task.change.person, kind));
    if (!user) continue;
    settled.add(task);
    if (isSamePerson(user, task.change.person)) await settleSame(task, user, context, settle);
    else if (task.isSame) await adopt(task, user, context, settle);
    else settle(task, await conflictWith(user, kind, task, context));
  }
  return settled;
}

function valuesOf(tasks: readonly CreateTask[], kind: Identifier): string[] {
  return [...new Set(tasks.flatMap((task) => task.change.person[kind] ?? []))];
}

/**
 * The person is there. By this event, or before? An account that began after the event was received, with its identifiers, is of its
 * making. One that the ledger does not know is linked where the task may link; an account that is closed is opened for a
 * joiner whose source had closed it.
 */
async function settleSame(
  task: CreateTask,
  user: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { person } = task.change;
  const known = await personOf(task, context);
  const isOurs = (known === undefined || isOnlyLinked(known)) && isMadeBy(task, user, context);
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
  if (isRehire && wantsOpen) return putRight(task, user, context, settle, "reactivated");
  if (isClosed && !isOurs) {
    settle(task, { kind: "rejected", reason: "account-not-active", field: "status", userId: user.userId });
    return;
  }
  // Another event about the person may have made it at the same time: then it lacks what this one says.
  if (isOurs && task.subject !== undefined && !shows(user, person))
    return putRight(task, user, context, settle);
  settle(task, {
    kind: isOurs || known?.createdBy === task.by ? "accepted" : "already-done",
    userId: user.userId,
    ...(known && !isOurs && known.createdBy !== task.by && { by: known.createdBy }),
  });
}

/** Accounts that this process has brought lately → the event or row that did, for each ledger. */
const broughtLately = new WeakMap<object, Map<string, string>>();
const mostRemembered = 10_000;

function rememberBrought({ ledger }: DeliveryContext, userId: string, by: string): void {
  const brought = broughtLately.get(ledger) ?? new Map<string, string>();
  broughtLately.set(ledger, brought);
  if (!brought.has(userId)) brought.set(userId, by);
  for (const oldest of brought.keys()) if (brought.size > mostRemembered) brought.delete(oldest);
}

/**
 * Whether an account began after the event was received, has every identifier that the event brings, and was brought by no other
 * event: of people without our id the ledger does not know what brought them.
 */
function isMadeBy(
  { since, by, change: { person } }: CreateTask,
  user: ListedUserDto,
  { ledger }: DeliveryContext,
): boolean {
  return (
    (broughtLately.get(ledger)?.get(user.userId) ?? by) === by &&
    Date.parse(user.createdAt ?? "") >= since - clockToleranceMilliseconds &&
    identifiers.every(
      (kind) => person[kind] === undefined || identifierOf(user, kind) === identifierOf(person, kind),
    )
  );
}

/** An operator has said that an account is this person's: it gets our id of them and what the event says, and is opened. */
async function adopt(
  task: CreateTask,
  user: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { externalId } = task.change.person;
  await putRight(task, user, context, settle, "linked");
  if (externalId === undefined) return;
  const { userId, externalId: former } = user;
  if (former !== undefined && former !== externalId) await context.ledger.renamePerson(former, externalId);
  const closes = { source: task.source, isClosed: false };
  await context.ledger.recordPeople([{ externalId, userId, createdBy: task.by, owner: task.source, closes }]);
}

/** What Authing does not answer as it was sent. */
const notShown: ReadonlySet<string> = new Set(["email", "phoneCountryCode", "password", "salt"]);

/** Whether an account has every text that a person is told with. */
function shows(user: ListedUserDto, person: CreateUserInfoDto): boolean {
  const shown = user as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(updatable(person)).every(
    ([name, value]) => typeof value !== "string" || notShown.has(name) || shown[name] === value,
  );
}

/** Tells an account what its event says, and puts it into its departments. With a reason it is opened. */
async function putRight(
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
  const says = status !== undefined && !(staysClosed && status === "Activated") && { status };
  const answer = await attemptAgain(context, () =>
    context.authing.updateUser({ userId, ...id, ...fields, ...says }),
  );
  if (!answer.ok) return settle(task, rejection(answer.failure));
  const { requestId, data } = answer;
  // A resignation has ended the memberships.
  const who = { kind: "userId", value: userId } as const;
  const departmentIds = staysClosed ? [] : person.departmentIds;
  const refusal = await moveToDepartments(departmentIds, who, data, context);
  if (refusal) return settle(task, { ...departmentsRefused(refusal, true), userId });
  settle(task, {
    kind: "accepted",
    ...(reason && { reason }),
    userId,
    ...(requestId !== undefined && { requestId }),
  });
}

/** Another event may have brought a person already: then Authing is asked about them, not told again. */
async function settleKnown(
  tasks: readonly CreateTask[],
  context: DeliveryContext,
  settle: Settle,
): Promise<readonly CreateTask[]> {
  const known = await Promise.all(tasks.map((task) => personOf(task, context)));
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
  const byOptions = Map.groupBy(tasks, ({ change }) => JSON.stringify(change.options ?? {}));
  return [...byOptions.values()].flatMap((alike) =>
    packed(alike, maxUsersPerCreate, identifiersOf).map((batch) => ({
      batch,
      options: alike[0]?.change.options,
    })),
  );
}

function identifiersOf({ change: { person } }: CreateTask): string[] {
  return identifiers.flatMap((kind) => {
    const value = identifierOf(person, kind);
    return value === undefined ? [] : `${kind}:${value}`;
  });
}
