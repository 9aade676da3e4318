import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import okta from "#lib/sources/okta/index.ts";

export const handler = webhook(okta, receivePorts);
