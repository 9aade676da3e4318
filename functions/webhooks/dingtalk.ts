import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import dingtalk from "#lib/sources/dingtalk/index.ts";

export const handler = webhook(dingtalk, receivePorts);
