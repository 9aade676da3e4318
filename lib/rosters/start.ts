import { randomBytes } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import type { RosterPorts } from "./roster-ports.ts";
import { noTallies, type RosterOptions, type RosterState } from "./roster-state.ts";
import { readState, writeState } from "./roster-store.ts";

export type StartPorts = Pick<RosterPorts, "source" | "objects" | "rosters" | "clock" | "log">;

interface NewRun {
  readonly source: string;
  readonly bucket: string;
  readonly options?: RosterOptions;
  readonly isPlan?: boolean;
  /** The uploaded file that is the roster, whose run has its id by the file. */
  readonly file?: { readonly object: ObjectReference; readonly id: string };
}

/**
 * Begins a run: stores its state, and queues its first step.
 *
 * @throws InboundError `malformed` `source-unknown`; `misconfigured` `source-without-list`.
 */
export async function startRoster(
  { source, bucket, options = {}, isPlan = false, file }: NewRun,
  ports: StartPorts,
): Promise<string> {
  const { objects, rosters, clock, log } = ports;
  const known = ports.source(source);
  if (!known) throw new InboundError("malformed", "source-unknown", { path: "source" });
  if (!known.list && !file) {
    throw new InboundError("misconfigured", "source-without-list", {
      hint: `upload the whole staff to incoming/roster/${source}/`,
    });
  }
  const startedAt = new Date(clock.now()).toISOString();
  const run = file?.id ?? runIdOf(startedAt);
  const begun = file && (await readState(objects, { bucket, source, run }));
  const state: RosterState = begun ?? {
    source,
    run,
    bucket,
    options,
    isPlan,
    ...(file && { file: file.object }),
    startedAt,
    phase: "read",
    place: { part: 0, line: 0 },
    parts: { read: 0, still: 0, changes: 0, leavers: 0, absent: 0, same: 0 },
    reading: { pages: 0, isComplete: true },
    counts: {},
    tallies: noTallies,
    failures: 0,
  };
  if (!begun) await writeState(objects, state);
  await rosters.send({ kind: "roster", bucket, source, run });
  log.info("roster begun", { source, roster: run });
  return run;
}

/** `20261127T023000Z-1f3a`: sorts by time. */
const runIdOf = (at: string): string =>
  `${at.slice(0, 19).replaceAll(/[-:]/g, "")}Z-${randomBytes(2).toString("hex")}`;
