import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import remote from "#lib/sources/remote/index.ts";

export const handler = webhook(remote, receivePorts);
