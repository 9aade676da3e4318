import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import { maxUsersPerCreate } from "#lib/authing/dto.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { personProblems } from "#lib/authing/rules.ts";
import { identifierOf, identifiers, type Identifier } from "#lib/authing/identifiers.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Create } from "#lib/contract/change.ts";
import { attempt, attemptAgain } from "./attempt.ts";
import { packed } from "./batches.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { departmentsRefused, moveToDepartments } from "./departments.ts";
import { findUsers, hasLeftElsewhere, isSamePerson, updatable } from "./people.ts";
import { rejection } from "./rejection.ts";

type CreateTask = Task<Create>;

/** How often a batch is sent anew after nobody could tell whether it arrived. */
const maxUnknownOutcomes = 3;
/** So many records refused for their custom fields, and none taken, may be the fault of a setting. */
const misfitsUntilAsked = 3;
/** How far Authing's clock and ours may differ when we ask whether an account is of our making. */
const clockToleranceMilliseconds = 5_000;

/**
 * Creates people, 50 at a call. Whatever Authing answers, each task is settled, or the run stops with an error that says
 * why and the tasks that are left come again. One bad record costs itself, never its neighbours.
 */
export async function createPeople(
  tasks: readonly CreateTask[],
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const takeable = tasks.filter((task) => {
    const problem = personProblems(task.change.person)[0];
    if (problem) settle(task, { kind: "rejected", reason: problem.code, field: problem.path });
    return problem === undefined;
  });
  const fresh = await settleKnown(takeable, context, settle);
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
  }
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

  const startedAt = context.clock.now();
  const answer = await attempt(context, () =>
    context.authing.createUsersBatch({
      list: batch.map((task) => task.change.person),
      ...(run.options && { options: run.options }),
    }),
  );
  if (answer.ok) {
    run.succeeded = true;
    return confirm(batch, answer.data, answer.requestId, run, startedAt);
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
          // Who was refused alone, as somebody who is there already, was there before.
          startedAt: duplicate && more.length === 0 ? undefined : startedAt,
          kinds: duplicate ? identifiers : "first",
        })
      : batch;
  if (rest.length === 0) return;
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
  startedAt: number,
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
  const missing = await settleExisting(left, { context, settle, startedAt, kinds: "first" });
  for (const task of missing) run.settle(task, { kind: "rejected", reason: "not-confirmed" });
}

interface Look {
  readonly context: DeliveryContext;
  readonly settle: Settle;
  /** When the call began that may have created them; `undefined` when none of them can be of its making. */
  readonly startedAt: number | undefined;
  /** By which identifiers to look; `first`: by the first one that a person has. */
  readonly kinds: typeof identifiers | "first";
}

/** Settles those who are in the pool, and those whose identifier somebody else has there; returns the rest. */
async function settleExisting(
  batch: readonly CreateTask[],
  { context, settle, startedAt, kinds }: Look,
): Promise<readonly CreateTask[]> {
  let rest = batch;
  for (const kind of identifiers) {
    const asked = rest.filter(({ change: { person } }) =>
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
      if (isSamePerson(user, task.change.person))
        await settleSame(task, user, { context, settle, startedAt });
      else settle(task, { kind: "rejected", reason: "conflict", field: kind });
    }
    if (settled.size > 0) rest = rest.filter((task) => !settled.has(task));
  }
  return rest;
}

function valuesOf(tasks: readonly CreateTask[], kind: Identifier): string[] {
  return [...new Set(tasks.flatMap((task) => task.change.person[kind] ?? []))];
}

/**
 * The person is there. By us, just now, or before? An account that began after our call did is ours. One that is closed is
 * opened again for a joiner whom this very source had let go; anybody else's closing of it stands.
 */
async function settleSame(
  task: CreateTask,
  user: ListedUserDto,
  { context, settle, startedAt }: Omit<Look, "kinds">,
): Promise<void> {
  const { externalId, status } = task.change.person;
  const known = externalId === undefined ? undefined : await context.ledger.person(externalId);
  const bornAt = Date.parse(user.createdAt ?? "");
  const ours =
    known === undefined && startedAt !== undefined && bornAt >= startedAt - clockToleranceMilliseconds;
  const wantsOpen = (status ?? "Activated") === "Activated";
  const isClosed = user.status !== undefined && user.status !== "Activated" && wantsOpen;
  // Also one that is open: a process may have ended in the middle of opening it.
  const isRehire = known?.leftBy === task.source && context.rehirePolicy(task.source) === "reactivate";
  if (isRehire && wantsOpen) return reopen(task, user, context, settle);
  if (isClosed && !ours) {
    settle(task, { kind: "rejected", reason: "account-not-active", field: "status", userId: user.userId });
    return;
  }
  settle(task, {
    kind: ours || known?.createdBy === task.by ? "accepted" : "already-done",
    userId: user.userId,
    ...(known && known.createdBy !== task.by && { by: known.createdBy }),
  });
}

async function reopen(
  task: CreateTask,
  { userId }: ListedUserDto,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
  const { person } = task.change;
  const answer = await attemptAgain(context, () =>
    context.authing.updateUser({ userId, ...updatable(person), status: "Activated" }),
  );
  if (!answer.ok) return settle(task, rejection(answer.failure));
  const { requestId, data } = answer;
  // A resignation has ended the memberships.
  const who = { kind: "userId", value: userId } as const;
  const refusal = await moveToDepartments(person.departmentIds, who, data, context);
  if (refusal) return settle(task, { ...departmentsRefused(refusal, true), userId });
  settle(task, {
    kind: "accepted",
    reason: "reactivated",
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
  const known = await Promise.all(
    tasks.map(({ change: { person } }) =>
      person.externalId === undefined ? undefined : context.ledger.person(person.externalId),
    ),
  );
  const brought = tasks.filter((_, index) => known[index] !== undefined);
  if (brought.length === 0) return tasks;
  const missing = await settleExisting(brought, {
    context,
    settle,
    startedAt: undefined,
    kinds: "first",
  });
  return tasks.filter((task, index) => {
    const person = known[index];
    if (person === undefined) return true;
    if (!missing.includes(task)) return false;
    // The account is gone because one system let them go: then another one does not bring them back either.
    if (!hasLeftElsewhere(person, task.source)) return true;
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
