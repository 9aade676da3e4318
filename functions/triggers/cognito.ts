import { triggerPorts } from "#lib/wiring/function-ports.ts";
import { trigger } from "#lib/handlers/trigger.ts";
import cognito from "#lib/sources/cognito/index.ts";

export const handler = trigger(cognito, triggerPorts);
