import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import zohoPeople from "#lib/sources/zoho-people/index.ts";

export const handler = webhook(zohoPeople, receivePorts);
