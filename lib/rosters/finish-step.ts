import { reasonOf, type InboundError } from "#lib/contract/errors.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import { subjectOf } from "#lib/contract/queue.ts";
import { giveUp } from "#lib/operations/give-up.ts";
import { rosterPage } from "#lib/report/static-page.ts";
import { readStored, writeJson } from "#lib/uploads/stored-objects.ts";
import { isQuestion, isRefusedReturn } from "./asked-before.ts";
import { isFromRoster } from "./compare-step.ts";
import { reportOf, resultsFolder, type LastRoster, type RosterReport } from "./report.ts";
import type { RosterPorts, RosterWork } from "./roster-ports.ts";
import type { RosterState } from "./roster-state.ts";
import { lastKey, type RosterFiles } from "./roster-store.ts";
import { hashOf, subjectIndex } from "./subject-index.ts";

const parkedAtOnce = 50;

/** Ends a good run: what earlier rosters left parked is superseded, the report is written, and what is about people is deleted. */
export async function finishStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  await supersedeParked(state, work);
  const ended: RosterState = { ...state, phase: "ended" };
  const report = await writeReport(ended, work);
  const { source, run, bucket, startedAt: at, counts, tallies } = state;
  if (report.missing.length > 0) {
    const fields = report.missing.join(",");
    work.log.error(
      "roster lacks fields",
      { source, roster: run, fields },
      { FieldsMissing: report.missing.length },
    );
  }
  const last: LastRoster = { run, at, people: counts["people"] ?? 0, filled: tallies.filled };
  await writeJson(work.objects, bucket, lastKey(source), last);
  await work.files.remove(state.parts);
  work.log.info("roster finished", { source, roster: run, ...counts }, { RostersFinished: 1 });
  return ended;
}

/** Ends a run of which nothing is concluded. */
export async function refuse(
  state: RosterState,
  { reason, path, hint }: Pick<InboundError, "reason"> & Partial<Pick<InboundError, "path" | "hint">>,
  ports: RosterPorts,
  files: RosterFiles,
): Promise<RosterState> {
  const problem = { reason, ...(path !== undefined && { path }), ...(hint !== undefined && { hint }) };
  const ended: RosterState = { ...state, problem, phase: "ended" };
  const { source, run, parts } = state;
  await writeReport(ended, ports);
  await files.remove(parts);
  ports.log.error("roster refused", { source, roster: run, ...problem }, { RostersRefused: 1 });
  return ended;
}

/** Writes what a run has found until now. */
export async function writeReport(state: RosterState, ports: RosterPorts): Promise<RosterReport> {
  const { objects, clock } = ports;
  const { bucket, source, run } = state;
  const bytes = await readStored(objects, bucket, lastKey(source));
  const last = bytes && (JSON.parse(bytes.toString()) as LastRoster);
  const report = reportOf(state, last, {
    writtenAt: new Date(clock.now()).toISOString(),
    perSecond: ports.pace.perSecond,
  });
  const folder = resultsFolder(source, run);
  async function* page() {
    yield Buffer.from(rosterPage(report));
  }
  await objects.write(
    { bucket, key: `${folder}/report.html`, contentType: "text/html; charset=utf-8" },
    page(),
  );
  await writeJson(objects, bucket, `${folder}/report.json`, report);
  return report;
}

/**
 * What earlier rosters left for an operator is superseded by this one, save where it could not say anything of the person: a departure that
 * was held, of a person who is there again or leaves with this run, or a mover that Authing refused.
 */
async function supersedeParked(state: RosterState, work: RosterWork): Promise<void> {
  const { source, run, parts } = state;
  const { files, ledger, parked, log, owner } = work;
  const hashes = [];
  for (let part = 0; part < parts.read; part += 1) hashes.push(await files.readHashes("ids", part));
  for (let part = 0; part < parts.still; part += 1) hashes.push(await files.readHashes("still", part));
  const index = subjectIndex(hashes);
  let after: string | undefined;
  do {
    const page = await parked.list({ kinds: ["held", "rejected", "dead"], source }, parkedAtOnce, after);
    after = page.next;
    for (const each of page.messages) {
      const isEarlier = isFromRoster(each.ledgerId) && !isFromRoster(each.ledgerId, run);
      if (!isEarlier) continue;
      const subject = subjectOf(each.message);
      const id = `roster/${run}/${subject}`;
      const isSaidAnew = (await ledger.event({ source, id })) !== undefined;
      const isOver = await isOverFor(each, subject);
      if (!isSaidAnew && !isOver) continue;
      const outcome = { kind: "superseded", by: `${source}/roster/${run}` } as const;
      await giveUp(each, outcome, work, { owner }).catch((error: unknown) =>
        log.warn("parked message stays", { source, reason: reasonOf(error) }),
      );
    }
  } while (after !== undefined);

  async function isOverFor(each: ParkedMessage, subject: string): Promise<boolean> {
    const isListed = index.has(hashOf(run, subject));
    // Whose account a person has is asked until it is decided, here or otherwise.
    if (isQuestion(each)) return (await ledger.subject(source, subject))?.userId !== undefined;
    // One event says that a person is back, for as long as they are listed and their account is closed.
    if (isRefusedReturn(each)) return !isListed || (await ledger.subject(source, subject))?.isClosed !== true;
    return isListed;
  }
}
