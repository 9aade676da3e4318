import type { CreateUserOptionsDto } from "#lib/contract/person.ts";
import type { ListedUserDto } from "#lib/authing/dto.ts";
import type { Failure } from "#lib/authing/failures.ts";
import { identifiers } from "#lib/authing/identifiers.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { attempt } from "./attempt.ts";
import type { CreateTask, DeliveryContext, Settle } from "./context.ts";
import { settleExisting } from "./existing-people.ts";
import { findSame } from "./people.ts";
import { rejection } from "./rejection.ts";
import { stopAtUnknownField } from "./unknown-custom-field.ts";

/** How often a batch is sent anew after an answer that did not tell whether it arrived. */
const maxUnknownOutcomes = 3;
/** So many records refused for their custom fields, and none taken, may be the fault of a setting. */
const misfitsUntilAsked = 3;

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

/**
 * Creates the people of one batch: at most 50, with the same options, no two of them with an identifier in common. Settles each
 * task, or throws `unavailable` or `misconfigured`: the tasks that are left by then are retried.
 */
export async function createBatch(
  batch: readonly CreateTask[],
  options: CreateUserOptionsDto | undefined,
  context: DeliveryContext,
  settle: Settle,
): Promise<void> {
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
  await submit(batch, run, 0);
  settleSuspects(run);
  for (const { task, failure } of run.misfits) settle(task, rejection(failure));
}

/**
 * Sends a batch, or what is left of it. A lost or refused batch is looked up first, since it may have been taken wholly or in part;
 * who is missing is sent again, by halves where one record is refused, until the bad one stands alone.
 */
async function submit(batch: readonly CreateTask[], run: Run, unknownOutcomes: number): Promise<void> {
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
  if (rest.length < batch.length) return submit(rest, run, unknownOutcomes);
  if (refused) run.refusesWhole = true;

  if (failure.retry === "after-lookup" && unknownOutcomes < maxUnknownOutcomes) {
    return submit(rest, run, unknownOutcomes + 1);
  }
  if (failure.kind === "unknown-outcome") throw new InboundError("unavailable", failure.kind);
  if (more.length === 0) {
    if (failure.kind === "bad-custom-field") {
      run.misfits.push({ task: only, failure });
      if (run.misfits.length === misfitsUntilAsked && !run.succeeded)
        await stopAtUnknownField(run.batch, context);
    } else if (failure.retry === "never") settle(only, rejection(failure));
    else run.suspects.push({ task: only, failure });
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await submit(batch.slice(0, middle), run, 0);
  await submit(batch.slice(middle), run, 0);
}

/** Success says nothing about single people: each one must be in the answer, or be found, to count. */
async function confirm(
  batch: readonly CreateTask[],
  users: readonly ListedUserDto[],
  requestId: string | undefined,
  run: Run,
): Promise<void> {
  const find = findSame(users);
  const left = batch.filter((task) => {
    const user = find(task.change.person);
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

/**
 * A record that alone fails with a server error is bad if its neighbours went through. If nothing went through, Authing
 * may be down: everything comes again.
 */
function settleSuspects({ suspects, succeeded, settle }: Run): void {
  if (suspects.length === 0) return;
  if (!succeeded) throw new InboundError("unavailable", suspects[0]?.failure.kind ?? "server-error");
  for (const { task, failure } of suspects) settle(task, rejection(failure));
}
