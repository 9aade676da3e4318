import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import ssf from "#lib/sources/ssf/index.ts";

export const handler = webhook(ssf, receivePorts);
