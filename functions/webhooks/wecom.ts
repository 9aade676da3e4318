import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import wecom from "#lib/sources/wecom/index.ts";

export const handler = webhook(wecom, receivePorts);
