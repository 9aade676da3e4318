import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import moka from "#lib/sources/moka/index.ts";

export const handler = webhook(moka, receivePorts);
