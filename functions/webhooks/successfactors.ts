import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import successfactors from "#lib/sources/successfactors/index.ts";

export const handler = webhook(successfactors, receivePorts);
