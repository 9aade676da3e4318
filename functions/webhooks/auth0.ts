import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import auth0 from "#lib/sources/auth0/index.ts";

export const handler = webhook(auth0, receivePorts);
