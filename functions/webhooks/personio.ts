import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import personio from "#lib/sources/personio/index.ts";

export const handler = webhook(personio, receivePorts);
