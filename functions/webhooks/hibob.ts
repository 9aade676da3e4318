import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import hibob from "#lib/sources/hibob/index.ts";

export const handler = webhook(hibob, receivePorts);
