import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import jumpcloud from "#lib/sources/jumpcloud/index.ts";

export const handler = webhook(jumpcloud, receivePorts);
