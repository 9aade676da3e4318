import config from "#config";
import { planPorts } from "#lib/wiring/function-ports.ts";
import { uploadsPlan } from "#lib/handlers/uploads.ts";

export const handler = uploadsPlan(() => planPorts(config));
