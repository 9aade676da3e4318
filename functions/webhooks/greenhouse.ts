import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import greenhouse from "#lib/sources/greenhouse/index.ts";

export const handler = webhook(greenhouse, receivePorts);
