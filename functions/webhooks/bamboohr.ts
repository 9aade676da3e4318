import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";

export const handler = webhook(bamboohr, receivePorts);
