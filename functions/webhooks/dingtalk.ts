import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import dingtalk from "#lib/sources/dingtalk/index.ts";

export const handler = webhook(dingtalk, receivePorts);
