import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import scalekit from "#lib/sources/scalekit/index.ts";

export const handler = webhook(scalekit, receivePorts);
