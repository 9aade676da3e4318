import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import merge from "#lib/sources/merge/index.ts";

export const handler = webhook(merge, receivePorts);
