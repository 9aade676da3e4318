import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import workos from "#lib/sources/workos/index.ts";

export const handler = webhook(workos, receivePorts);
