import { unclaimedPorts } from "#lib/wiring/function-ports.ts";
import { unclaimed } from "#lib/handlers/unclaimed.ts";

export const handler = unclaimed(unclaimedPorts);
