import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import okta from "#lib/sources/okta/index.ts";

export const handler = webhook(okta, receivePorts);
