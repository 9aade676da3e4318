import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import clerk from "#lib/sources/clerk/index.ts";

export const handler = webhook(clerk, receivePorts);
