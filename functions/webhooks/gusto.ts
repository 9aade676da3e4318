import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import gusto from "#lib/sources/gusto/index.ts";

export const handler = webhook(gusto, receivePorts);
