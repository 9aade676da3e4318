import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import onelogin from "#lib/sources/onelogin/index.ts";

export const handler = webhook(onelogin, receivePorts);
