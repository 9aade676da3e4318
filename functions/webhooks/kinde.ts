import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import kinde from "#lib/sources/kinde/index.ts";

export const handler = webhook(kinde, receivePorts);
