import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import stytch from "#lib/sources/stytch/index.ts";

export const handler = webhook(stytch, receivePorts);
