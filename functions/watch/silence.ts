import config from "#config";
import { watchSilence } from "#lib/handlers/watch.ts";
import { silencePorts } from "#lib/wiring/function-ports.ts";

export const handler = watchSilence(() => silencePorts(config));
