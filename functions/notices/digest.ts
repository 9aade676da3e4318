import config from "#config";
import { digest } from "#lib/handlers/notices.ts";
import { digestPorts } from "#lib/wiring/function-ports.ts";

export const handler = digest(() => digestPorts(config));
