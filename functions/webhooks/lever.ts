import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import lever from "#lib/sources/lever/index.ts";

export const handler = webhook(lever, receivePorts);
