import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import frontegg from "#lib/sources/frontegg/index.ts";

export const handler = webhook(frontegg, receivePorts);
