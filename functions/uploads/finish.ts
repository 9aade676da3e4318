import { finishPorts } from "#lib/aws/ports.ts";
import { uploadsFinish } from "#lib/lambda/uploads.ts";

export const handler = uploadsFinish(finishPorts);
