import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import deel from "#lib/sources/deel/index.ts";

export const handler = webhook(deel, receivePorts);
