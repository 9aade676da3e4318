import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import factorial from "#lib/sources/factorial/index.ts";

export const handler = webhook(factorial, receivePorts);
