import type { Change, Create } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { DeliveryContext, Settle, Task } from "./context.ts";
import { createPeople } from "./create.ts";
import { movePeople } from "./move-batch.ts";
import { bringSecrets, enrolmentsOf } from "./totp-secrets.ts";

export interface Delivered {
  /** In the order of the tasks; `undefined` where the run stopped before the task was decided: it comes again. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Why the run stopped, when it did. */
  readonly stopped?: InboundError;
}

/**
 * Brings changes to Authing: creates first, then movers and leavers in their order, then TOTP secrets, whose people are
 * there by then. Tasks of one person in one call are in order only within those three. Never throws for what Authing
 * says or fails to say.
 */
export async function deliver(tasks: readonly Task[], context: DeliveryContext): Promise<Delivered> {
  const outcomes = new Map<Task, Outcome>();
  const settle: Settle = (task, outcome) => {
    if (!outcomes.has(task)) outcomes.set(task, outcome);
  };
  const joiners = tasks.filter(isJoiner);
  const secrets = tasks.filter(isSecret);
  const enrolments = enrolmentsOf(joiners, secrets, context);
  const sentAs = new Map<Task, Task<Create>>();
  const joinerOf = new Map<Task, Task>();
  for (const { joiner, sent } of enrolments.values()) {
    if (sent === joiner) continue;
    sentAs.set(joiner, sent);
    joinerOf.set(sent, joiner);
  }
  let stopped: InboundError | undefined;
  try {
    await createPeople(
      joiners.map((joiner) => sentAs.get(joiner) ?? joiner),
      context,
      (sent, outcome) => settle(joinerOf.get(sent) ?? sent, outcome),
    );
    await movePeople(
      tasks.filter((task) => isMover(task) || isLeaver(task)),
      context,
      settle,
    );
    await bringSecrets(secrets, enrolments, (task) => outcomes.get(task), context, settle);
  } catch (error) {
    if (!(error instanceof InboundError && error.retryable)) throw error;
    stopped = error;
  }
  return { outcomes: tasks.map((task) => outcomes.get(task)), ...(stopped && { stopped }) };
}

function isOf<Kind extends Change["kind"]>(kind: Kind) {
  return (task: Task): task is Task<Extract<Change, { kind: Kind }>> => task.change.kind === kind;
}

const isJoiner = isOf("create");
const isMover = isOf("update");
const isLeaver = isOf("leave");
const isSecret = isOf("import-otp");
