import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import wecom from "#lib/sources/wecom/index.ts";

export const handler = webhook(wecom, receivePorts);
