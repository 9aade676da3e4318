import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import fusionauth from "#lib/sources/fusionauth/index.ts";

export const handler = webhook(fusionauth, receivePorts);
