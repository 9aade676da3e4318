import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import polis from "#lib/sources/polis/index.ts";

export const handler = webhook(polis, receivePorts);
