import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import oryKratos from "#lib/sources/ory-kratos/index.ts";

export const handler = webhook(oryKratos, receivePorts);
