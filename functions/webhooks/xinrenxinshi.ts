import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import xinrenxinshi from "#lib/sources/xinrenxinshi/index.ts";

export const handler = webhook(xinrenxinshi, receivePorts);
