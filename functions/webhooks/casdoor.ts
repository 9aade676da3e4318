import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import casdoor from "#lib/sources/casdoor/index.ts";

export const handler = webhook(casdoor, receivePorts);
