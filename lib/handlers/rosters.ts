import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import { rosterPlaceOf } from "#lib/rosters/roster-place.ts";
import { runRoster } from "#lib/rosters/run.ts";
import { startRoster } from "#lib/rosters/start.ts";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { batchHandler } from "./queue-batch.ts";

export interface RosterRunPorts extends RosterPorts {
  readonly bucket: string;
}

/** What the schedule of a source puts into the queue of rosters. */
export interface StartMessage {
  readonly kind: "start-roster";
  readonly source: string;
}

/**
 * The Lambda handler of the queue of rosters: begins runs that a schedule or an uploaded file asks for, and does the steps of runs.
 */
export function rostersRun(open: () => RosterRunPorts) {
  return batchHandler(
    open,
    async (message, { ports, awsRequestId: owner, deadline }) => {
      const { kind } = message as { readonly kind?: string };
      if (kind === "roster") {
        return (await runRoster(message as RosterMessage, ports, { owner, deadline })) === "done";
      }
      const { bucket } = ports;
      if (kind === "start-roster") {
        await begun(ports, async () =>
          startRoster({ source: (message as StartMessage).source, bucket }, ports),
        );
        return true;
      }
      for (const object of objectsCreated(message)) {
        await begun(ports, async () => {
          const { source, isPlan, run: id } = rosterPlaceOf(object);
          return startRoster({ source, bucket, isPlan, file: { object, id } }, ports);
        });
      }
      return true;
    },
    "roster failed",
  );
}

/** A run that cannot begin, since its source is unknown for example, is told and not tried again. */
async function begun({ log }: RosterRunPorts, begin: () => Promise<string>): Promise<void> {
  try {
    await begin();
  } catch (error) {
    if (!(error instanceof InboundError) || error.code === "unavailable") throw error;
    const { reason, path, hint } = error;
    log.error("roster refused", { reason, path, hint }, { RostersRefused: 1 });
  }
}
