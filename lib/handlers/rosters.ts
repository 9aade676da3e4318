import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import { runRoster } from "#lib/rosters/run.ts";
import { startRoster } from "#lib/rosters/start.ts";
import { batchHandler } from "./queue-batch.ts";

export interface RosterRunPorts extends RosterPorts {
  readonly bucket: string;
}

/** What the schedule of a source puts into the queue of rosters. */
export interface StartMessage {
  readonly kind: "start-roster";
  readonly source: string;
}

/** The Lambda handler of the queue of rosters: begins runs that a schedule asks for, and does the steps of runs. */
export function rostersRun(open: () => RosterRunPorts) {
  return batchHandler(
    open,
    async (message, { ports, awsRequestId: owner, deadline }) => {
      const { kind, source } = message as RosterMessage | StartMessage;
      if (kind === "start-roster") {
        await startRoster({ source, bucket: ports.bucket }, ports);
        return true;
      }
      // Only an operator can move a message here from a queue of another kind.
      if (kind !== "roster") throw new InboundError("malformed", "message-unknown");
      return (await runRoster(message as RosterMessage, ports, { owner, deadline })) === "done";
    },
    "roster failed",
  );
}
