import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import workday from "#lib/sources/workday/index.ts";

export const handler = webhook(workday, receivePorts);
