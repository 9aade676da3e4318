import { waiting } from "#lib/handlers/waiting.ts";
import { waitingPorts } from "#lib/wiring/function-ports.ts";

export const handler = waiting(waitingPorts);
