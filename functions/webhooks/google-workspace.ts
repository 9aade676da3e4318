import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import googleWorkspace from "#lib/sources/google-workspace/index.ts";

export const handler = webhook(googleWorkspace, receivePorts);
