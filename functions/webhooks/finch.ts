import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import finch from "#lib/sources/finch/index.ts";

export const handler = webhook(finch, receivePorts);
