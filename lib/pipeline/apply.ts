import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import { leastHappy, type Outcome } from "#lib/contract/outcome.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import type { Applied, ApplyPorts, ApplyRun, Claimed, Decided, Read } from "./applying.ts";
import { createsBegunBy, noteLeftUndone } from "./begun.ts";
import { claimMessage, leaseSeconds, lockPeople } from "./claims.ts";
import { decide, leavesScope, type Step } from "./decide.ts";
import { holdMassDeparture } from "./guard.ts";
import { datedNoLater, knowledgeOf, lockIdsOf } from "./knowledge.ts";
import { expandedOf, meaningOf } from "./meaning.ts";
import { park, record, retry } from "./record.ts";
import { waitForMending, waitForPause, waitOf } from "./waiting.ts";

/**
 * Messages of the queue, from what they mean to their effect: claim, read, lock the people, decide, deliver together, record. In
 * the order of the messages: what became of each. Two messages of one subject must not come in one call.
 */
export async function apply(
  messages: readonly QueuedMessage[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<Applied[]> {
  // Well within the lease of each claim, whatever the invocation allows.
  const deadline = Math.min(run.deadline, ports.clock.now() + 0.75 * leaseSeconds * 1000);
  const begun = await Promise.all(messages.map((message) => begin(message, ports, { ...run, deadline })));
  const applied = new Map<Read, Applied>();
  // Two sources may speak of one person in one call: then the second one goes after the first.
  let waiting = begun.filter((each) => "changes" in each);
  while (waiting.length > 0) {
    const round = withoutSharedPeople(waiting);
    waiting = waiting.filter((read) => !round.includes(read));
    const results = await applyTogether(round, ports, { ...run, deadline });
    for (const [index, read] of round.entries()) applied.set(read, results[index] ?? { state: "later" });
  }
  return begun.map((each) => ("changes" in each ? (applied.get(each) ?? { state: "later" }) : each));
}

const deliveryFailed = "delivery-failed";

/** Claims a message and reads what it means. One that cannot be read ends here: dead, or parked until it can be. */
async function begin(message: QueuedMessage, ports: ApplyPorts, run: ApplyRun): Promise<Applied | Read> {
  const repeatsForSeconds = ports.source(message.source)?.redeliversForSeconds ?? Infinity;
  const { key, claim, wasParked } = await claimMessage(message, ports, { ...run, repeatsForSeconds });
  if (claim.state === "busy") return { state: "later", reason: "event-busy" };
  if (claim.state === "settled") {
    ports.log.info("event seen before", { ...key, outcome: claim.record.outcome.kind });
    if (message.parkedAs?.kind === "waiting") await ports.parked.remove({ ...message.parkedAs, message });
    return { state: "done", outcome: claim.record.outcome };
  }
  const claimed: Claimed = { message: datedNoLater(message), key, attempts: claim.attempts, wasParked };
  if (!run.releases && (await ports.ledger.pausedSince(key.source))) {
    return park(claimed, waitForPause(ports.clock.now()), ports, run);
  }
  try {
    const expanded = await expandedOf(claimed.message, ports, run.deadline);
    if (expanded) return await record(claimed, expanded, ports);
    const meaning = await meaningOf(claimed.message, ports, run.deadline);
    return { ...claimed, ...meaning, ...(await lockIdsOf(claimed.message, meaning.changes, ports)) };
  } catch (error) {
    const known = error instanceof InboundError ? error : undefined;
    if (known?.retryable) return park(claimed, waitForMending(known, claimed, ports.clock), ports, run);
    const outcome = { kind: "dead", reason: known?.reason ?? "translation-failed" } as const;
    return record(claimed, outcome, ports, known);
  }
}

/** Of each person only the first event. */
function withoutSharedPeople(reads: readonly Read[]): Read[] {
  const people = new Set<string>();
  return reads.filter(({ lockIds }) => {
    const isFree = !lockIds.some((id) => people.has(id));
    for (const id of lockIds) people.add(id);
    return isFree;
  });
}

async function applyTogether(reads: readonly Read[], ports: ApplyPorts, run: ApplyRun): Promise<Applied[]> {
  const kept = await Promise.all(reads.map((read) => keptFrom(read, ports, run)));
  const held = reads.filter((_, index) => kept[index] === undefined);
  const decided = await Promise.all(held.map((read) => decideOn(read, ports, run)));
  const outcomes = await outcomesOf(
    decided.flatMap(({ decision }) => decision.steps),
    ports,
    run,
  );
  return Promise.all(
    reads.map((read, index) => {
      const own = decided[held.indexOf(read)];
      return own ? conclude(own, outcomes, ports, run) : retry(read, kept[index] ?? busy, ports, run);
    }),
  );
}

const busy = new InboundError("unavailable", "person-busy");

/** Locks the people of an event, and notes what another worker has left undone about them. Resolves to what keeps it from going on now. */
async function keptFrom(read: Read, ports: ApplyPorts, run: ApplyRun): Promise<InboundError | undefined> {
  const begun = await lockPeople(read, await createsBegunBy(read, ports), ports);
  if (!begun) return busy;
  try {
    await noteLeftUndone(read, begun, ports, run);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return error;
  }
  return undefined;
}

/** What an event comes to, now that nothing can come in between. */
async function decideOn(read: Read, ports: ApplyPorts, run: ApplyRun): Promise<Decided> {
  const { outOfScope } = read;
  const known = await knowledgeOf(read, ports);
  const externalId = known.externalId ?? outOfScope?.externalId;
  const knowledge = { ...known, externalId };
  const settings = {
    people: ports.peoplePolicy(read.key.source),
    rehire: ports.rehirePolicy(read.key.source),
    timeZone: ports.timeZone,
    now: ports.clock.now(),
    isSame: run.isSame === true,
    isOutOfScope: outOfScope !== undefined,
  };
  const changes = [...read.changes, ...leavesScope(outOfScope?.policy, knowledge)];
  const decided = {
    ...read,
    changes,
    knowledge,
    decision: decide(read.message, changes, knowledge, settings),
  };
  return run.releases ? decided : holdMassDeparture(decided, ports, run);
}

/** Of each step with a task, its outcome, or why it cannot be said now. A defect that one person brings to light spares the others. */
async function outcomesOf(
  steps: readonly Step[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<ReadonlyMap<Step, Outcome | InboundError>> {
  const open = steps.filter((step) => "task" in step);
  const undecided = new InboundError("unavailable", "undecided");
  try {
    const tasks = open.map(({ task }) => task);
    const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline: run.deadline });
    return new Map(open.map((step, index) => [step, outcomes[index] ?? stopped ?? undecided]));
  } catch (error) {
    const people = [...Map.groupBy(open, ({ task }) => task.by).values()];
    if (people.length > 1) {
      const alone = await Promise.all(people.map((own) => outcomesOf(own, ports, run)));
      return new Map(alone.flatMap((each) => [...each]));
    }
    ports.log.error("delivery failed", { reason: reasonOf(error) });
    return new Map(open.map((step) => [step, new InboundError("unavailable", deliveryFailed)]));
  }
}

/** Records what became of an event, parks it, or leaves it to the queue. */
async function conclude(
  decided: Decided,
  outcomeOf: ReadonlyMap<Step, Outcome | InboundError>,
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<Applied> {
  const { steps, outcome: withoutSteps } = decided.decision;
  const undecided = new InboundError("unavailable", "undecided");
  const own = steps.map((step) => ("outcome" in step ? step.outcome : (outcomeOf.get(step) ?? undecided)));
  const failed = own.find((each) => each instanceof InboundError);
  // A defect that this event brings to light must not keep back what comes behind it.
  if (failed?.reason === deliveryFailed)
    return park(decided, waitForMending(failed, decided, ports.clock), ports, run);
  if (failed) return retry(decided, failed, ports, run);
  const done = { ...decided, outcomes: own as readonly Outcome[] };
  const wait = waitOf(done, ports.clock);
  if (wait) return park(done, wait, ports, run);
  const outcome =
    leastHappy(done.outcomes) ?? withoutSteps ?? ({ kind: "dead", reason: "no-outcome" } as const);
  return record(done, outcome, ports);
}
