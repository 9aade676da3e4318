import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import feishu from "#lib/sources/feishu/index.ts";

export const handler = webhook(feishu, receivePorts);
