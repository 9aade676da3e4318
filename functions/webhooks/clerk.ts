import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import clerk from "#lib/sources/clerk/index.ts";

export const handler = webhook(clerk, receivePorts);
