import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import type { EventKey } from "#lib/contract/ledger.ts";
import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import { fieldDigests } from "#lib/ledger/field-digests.ts";
import { absentStep } from "./absent-step.ts";
import { adoptStep } from "./adopt-step.ts";
import { applyStep, foretellStep } from "./apply-step.ts";
import { askedBefore } from "./asked-before.ts";
import { compareStep } from "./compare-step.ts";
import { finishStep, refuse, writeReport } from "./finish-step.ts";
import { proveStep } from "./prove-step.ts";
import { readFileStep } from "./read-file-step.ts";
import { readStep } from "./read-step.ts";
import type { RosterPorts, RosterWork } from "./roster-ports.ts";
import type { Phase, RosterState } from "./roster-state.ts";
import { readState, rosterFiles, writeState } from "./roster-store.ts";
import { subjectIndex } from "./subject-index.ts";
import { added } from "./tally.ts";
import { verifyStep } from "./verify-step.ts";

/** How long a run keeps other runs of its source away after its last step, in seconds: longer than a message waits to be received again. */
const runLeaseSeconds = 2 * 3600;
/** How much longer than an invocation its own claim holds, in seconds. */
const marginSeconds = 60;
/** Failures in a row after which nothing is concluded; a source that throttles is asked for longer. */
const mostFailures = 5;
const mostThrottled = 40;

const steps: Readonly<
  Record<Exclude<Phase, "planned" | "ended">, (state: RosterState, work: RosterWork) => Promise<RosterState>>
> = {
  read: (state, work) => (state.file ? readFileStep(state, work) : readStep(state, work)),
  compare: compareStep,
  absent: absentStep,
  prove: proveStep,
  verify: verifyStep,
  adopt: adoptStep,
  foretell: foretellStep,
  apply: applyStep,
  finish: finishStep,
};

/**
 * Does as many steps of a run as there is time for, and queues the rest. It may be called for a run any number of times, and an invocation may
 * end at any moment.
 *
 * @param invocation `deadline` in milliseconds since 1970: no new step is begun after it.
 * @returns `later` when the message has to be delivered again.
 */
export async function runRoster(
  message: RosterMessage,
  ports: RosterPorts,
  invocation: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  const { ledger, objects, clock, log, rosters } = ports;
  const { source, run } = message;
  const { owner, deadline } = invocation;
  const leaseSeconds = Math.max(0, Math.ceil((deadline - clock.now()) / 1000)) + marginSeconds;
  const stepKey = keyOf(`${source}/${run}`);
  if ((await ledger.claim(stepKey, { owner, leaseSeconds })).state !== "claimed") return "later";
  let isHandedOver = false;
  try {
    let state = await readState(objects, message);
    if (!state || isResting(state)) {
      log.info("roster step seen before", { source, roster: run });
      return "done";
    }
    const files = rosterFiles(objects, state);
    // Two runs of a source never overlap.
    const claim = await ledger.claim(keyOf(source), { owner: run, leaseSeconds: runLeaseSeconds });
    if (claim.state !== "claimed") {
      await writeState(objects, await refuse(state, { reason: "roster-running" }, ports, files));
      return "done";
    }
    let failure: unknown;
    try {
      const work = await workOf(state, ports, files, invocation);
      // An invocation always does one step, so that a run gets done however little time each one has.
      do {
        state = await nextState(state, work);
        await writeState(objects, state);
      } while (!isResting(state) && clock.now() < deadline);
    } catch (error) {
      failure = error;
    }
    if (failure !== undefined) state = await afterFailure(state, failure, ports, files, deadline);
    if (state.phase === "planned") await writeReport(state, ports);
    if (isResting(state)) {
      await ledger.release(keyOf(source), run);
      return "done";
    }
    if (failure !== undefined) return "later";
    isHandedOver = true;
    log.info("roster handed over", { source, roster: run, phase: state.phase });
    // Released first: the next invocation may receive the message at once.
    await ledger.release(stepKey, owner);
    await rosters.send(message);
    return "done";
  } finally {
    if (!isHandedOver) await ledger.release(stepKey, owner);
  }
}

const keyOf = (id: string): EventKey => ({ source: "rosters", id });

/** Whether nothing is to be done, for now or for good. */
const isResting = ({ phase }: RosterState): boolean => phase === "planned" || phase === "ended";

async function nextState(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { phase } = state;
  if (phase === "planned" || phase === "ended") return state;
  work.requests.source = 0;
  work.requests.authing = 0;
  const next = await steps[phase](state, work);
  const requests = { requestsToSource: work.requests.source, requestsToAuthing: work.requests.authing };
  return { ...next, failures: 0, counts: added(next.counts, requests) };
}

/** After a failed step: the same state, to be tried again; or the end of the run, where a retry would fail as well or has failed too often. */
async function afterFailure(
  state: RosterState,
  error: unknown,
  ports: RosterPorts,
  files: RosterWork["files"],
  deadline: number,
): Promise<RosterState> {
  const { source, run, phase } = state;
  const known = error instanceof InboundError ? error : undefined;
  const failure = known ?? new InboundError("unavailable", "roster-failed");
  const { code, reason, path } = failure;
  ports.log.warn("roster step failed", { source, roster: run, phase, code, reason: reasonOf(error), path });
  // What is decided stays so, and the rest has to follow, however long Authing takes.
  const isApplying = phase === "apply" || phase === "finish";
  const isTimeUp = ports.clock.now() >= deadline && known?.retryable;
  const most = reason === "source-throttles" ? mostThrottled : mostFailures;
  const failures = state.failures + (isTimeUp ? 0 : 1);
  const isOver = code !== "unavailable" || failures >= most;
  const next = isOver && !isApplying ? await refuse(state, failure, ports, files) : { ...state, failures };
  await writeState(ports.objects, next);
  return next;
}

async function workOf(
  state: RosterState,
  ports: RosterPorts,
  files: RosterWork["files"],
  invocation: { owner: string; deadline: number },
): Promise<RosterWork> {
  const requests = { source: 0, authing: 0 };
  const digests = await fieldDigests(ports.secrets);
  let index: Promise<ReturnType<typeof subjectIndex>> | undefined;
  let asked: ReturnType<typeof askedBefore> | undefined;
  async function readIndex(parts: number) {
    const hashes = [];
    for (let part = 0; part < parts; part += 1) hashes.push(await files.readHashes("ids", part));
    return subjectIndex(hashes);
  }
  return {
    ...ports,
    ...invocation,
    files,
    requests,
    authing: counted(ports.authing, () => (requests.authing += 1)),
    digestsOf: (subject) => digests(state.source, subject),
    askedBefore: () => (asked ??= askedBefore(state.source, ports)),
    index: (parts) => (index ??= readIndex(parts)),
  };
}

/** A client whose calls are counted. */
function counted<Client extends object>(client: Client, count: () => void): Client {
  const calls = Object.entries(client).map(([name, value]) => [
    name,
    typeof value === "function"
      ? (...given: unknown[]) => {
          count();
          return value.apply(client, given) as unknown;
        }
      : value,
  ]);
  return Object.fromEntries(calls) as Client;
}
