import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import logto from "#lib/sources/logto/index.ts";

export const handler = webhook(logto, receivePorts);
