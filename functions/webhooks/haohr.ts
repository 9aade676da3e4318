import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import haohr from "#lib/sources/haohr/index.ts";

export const handler = webhook(haohr, receivePorts);
