import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import zitadel from "#lib/sources/zitadel/index.ts";

export const handler = webhook(zitadel, receivePorts);
