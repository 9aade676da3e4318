import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import { readStored } from "#lib/uploads/stored-objects.ts";
import { reportOf, resultsFolder, type LastRoster, type RosterReport } from "./report.ts";
import type { RosterPorts } from "./roster-ports.ts";
import { adoptable, type RosterState } from "./roster-state.ts";
import { lastKey, readState, writeState } from "./roster-store.ts";
import { startRoster } from "./start.ts";

const name = z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^/]+$/));

/** Begins a run over the roster of a source: `{"operation": "start-roster", "source": "okta", "plan": true}`. */
export const StartRosterRequest = z.strictObject({
  operation: z.literal("start-roster"),
  source: name,
  /** Stops before the first write, until it is applied. */
  plan: z._default(z.boolean(), false),
  verify: z._default(z.boolean(), false),
  adopt: z.exactOptional(z.enum(adoptable)),
});
export type StartRosterRequest = z.infer<typeof StartRosterRequest>;

/** Applies the plan of a run: what it found, and nothing else. */
export const ApplyRosterRequest = z.strictObject({
  operation: z.literal("apply-roster"),
  source: name,
  run: name,
});
export type ApplyRosterRequest = z.infer<typeof ApplyRosterRequest>;

/** How far a run is, and what it has found. */
export const FollowRosterRequest = z.strictObject({
  operation: z.literal("follow-roster"),
  source: name,
  run: name,
});
export type FollowRosterRequest = z.infer<typeof FollowRosterRequest>;

export interface BegunRoster {
  readonly source: string;
  readonly run: string;
}

export type RosterOperationPorts = Pick<
  RosterPorts,
  "source" | "objects" | "rosters" | "clock" | "log" | "pace"
> & { readonly bucket: string };

/** A plan is older than this, in milliseconds, when it can no longer be applied: its people may have changed since. */
const planHoldsMilliseconds = 24 * 3_600_000;

export async function beginRoster(
  { source, plan, verify, adopt }: StartRosterRequest,
  ports: RosterOperationPorts,
): Promise<BegunRoster> {
  const options = { ...(verify && { verify: true as const }), ...(adopt !== undefined && { adopt }) };
  const run = await startRoster({ source, bucket: ports.bucket, options, isPlan: plan }, ports);
  return { source, run };
}

/** @throws InboundError `malformed` `roster-unknown`, `roster-not-planned`, `roster-plan-too-old`. */
export async function applyRoster(
  { source, run }: ApplyRosterRequest,
  ports: RosterOperationPorts,
): Promise<BegunRoster> {
  const { objects, bucket, rosters, clock } = ports;
  const state = await stateOf(source, run, ports);
  const isApplied = state.phase === "apply" || state.phase === "finish";
  if (state.phase !== "planned" && !isApplied) throw new InboundError("malformed", "roster-not-planned");
  if (!isApplied) {
    if (clock.now() - Date.parse(state.plannedAt ?? state.startedAt) > planHoldsMilliseconds)
      throw new InboundError("malformed", "roster-plan-too-old", { hint: "make a new plan" });
    await writeState(objects, { ...state, phase: "apply", place: { part: 0, line: 0 } });
  }
  await rosters.send({ kind: "roster", bucket, source, run });
  return { source, run };
}

export async function followRoster(
  { source, run }: FollowRosterRequest,
  ports: RosterOperationPorts,
): Promise<RosterReport> {
  const { objects, bucket, clock, pace } = ports;
  const state = await stateOf(source, run, ports);
  // A run that has ended wrote its report with what the run before it had found.
  if (state.phase === "ended") {
    const written = await readStored(objects, bucket, `${resultsFolder(source, run)}/report.json`);
    if (written) return JSON.parse(written.toString()) as RosterReport;
  }
  const bytes = await readStored(objects, bucket, lastKey(source));
  const last = bytes && (JSON.parse(bytes.toString()) as LastRoster);
  return reportOf(state, last, {
    writtenAt: new Date(clock.now()).toISOString(),
    perSecond: pace.perSecond,
  });
}

async function stateOf(
  source: string,
  run: string,
  { objects, bucket }: Pick<RosterOperationPorts, "objects" | "bucket">,
): Promise<RosterState> {
  const state = await readState(objects, { bucket, source, run });
  if (!state) {
    throw new InboundError("malformed", "roster-unknown", {
      hint: "name a run of this source: npm run reconcile begins one and prints its id",
    });
  }
  return state;
}
