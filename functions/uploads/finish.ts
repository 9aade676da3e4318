import { finishPorts } from "#lib/wiring/function-ports.ts";
import { uploadsFinish } from "#lib/handlers/uploads.ts";

export const handler = uploadsFinish(finishPorts);
