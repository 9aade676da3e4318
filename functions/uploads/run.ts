import config from "#config";
import { runPorts } from "#lib/aws/ports.ts";
import { uploadsRun } from "#lib/lambda/uploads.ts";

export const handler = uploadsRun(() => runPorts(config));
