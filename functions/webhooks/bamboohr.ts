import { receivePorts } from "#lib/aws/ports.ts";
import { webhook } from "#lib/lambda/webhook.ts";
import bamboohr from "#lib/sources/bamboohr/index.ts";

export const handler = webhook(bamboohr, receivePorts);
