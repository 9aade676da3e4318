import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import msgraph from "#lib/sources/msgraph/index.ts";

export const handler = webhook(msgraph, receivePorts);
