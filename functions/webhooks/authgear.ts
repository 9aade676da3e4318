import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import authgear from "#lib/sources/authgear/index.ts";

export const handler = webhook(authgear, receivePorts);
