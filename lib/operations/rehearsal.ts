import type { Log } from "#lib/contract/log.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { Applied, ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { readOnlyLedger } from "#lib/delivery/read-only-ledger.ts";
import { rehearsalPorts, type Effects } from "#lib/delivery/rehearsal-authing.ts";

// What applying a message would come to: the worker's own code runs, with ports that read and never write. It reads the source where
// the source is read, translates with today's code, decides by what the ledger knows, and looks at Authing.

/** What a message would come to by itself, now. */
export interface Rehearsed {
  readonly applied: Applied;
  /** The fields at Authing that would differ. */
  readonly fields: Readonly<Effects>;
}

/**
 * Rehearses one message. Each message is rehearsed by itself: a mover whose joiner is parked too is told as one whose person is not
 * there. What only a write brings to light is not foreseen: a value or a department that Authing refuses. Departures of the last hour
 * that were applied do not count towards the limit of the departure guard.
 */
export async function rehearse(message: QueuedMessage, ports: ApplyPorts, run: ApplyRun): Promise<Rehearsed> {
  const fields: Effects = {};
  const [applied] = await apply([message], readingOnly(ports, run, fields), run);
  return { applied: applied ?? { state: "later" }, fields };
}

/** What messages about different people would come to, together. */
export async function rehearseAll(
  messages: readonly QueuedMessage[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<readonly Applied[]> {
  return apply(messages, readingOnly(ports, run, {}), run);
}

const silent: Log = { info() {}, warn() {}, error() {} };

function readingOnly(ports: ApplyPorts, { deadline }: ApplyRun, effects: Effects): ApplyPorts {
  return {
    ...ports,
    ...rehearsalPorts({ ...ports, deadline }, effects),
    ledger: readOnlyLedger(ports.ledger),
    parked: readOnlyParked(ports.parked),
    events: { async send() {} },
    log: silent,
  };
}

function readOnlyParked(parked: Parked): Parked {
  return {
    async keep() {},
    list: (scope, limit, after) => parked.list(scope, limit, after),
    count: (scope) => parked.count(scope),
    async remove() {},
    due: (now, limit) => parked.due(now, limit),
  };
}
