import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import feishu from "#lib/sources/feishu/index.ts";

export const handler = webhook(feishu, receivePorts);
