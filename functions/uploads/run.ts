import config from "#config";
import { runPorts } from "#lib/wiring/function-ports.ts";
import { uploadsRun } from "#lib/handlers/uploads.ts";

export const handler = uploadsRun(() => runPorts(config));
