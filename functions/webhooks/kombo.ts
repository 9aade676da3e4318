import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import kombo from "#lib/sources/kombo/index.ts";

export const handler = webhook(kombo, receivePorts);
