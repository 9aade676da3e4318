import { receivePorts } from "#lib/wiring/function-ports.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import keycloak from "#lib/sources/keycloak/index.ts";

export const handler = webhook(keycloak, receivePorts);
