import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import pingone from "#lib/sources/pingone/index.ts";

export const handler = webhook(pingone, receivePorts);
