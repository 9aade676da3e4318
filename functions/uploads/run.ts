import config from "#config";
import { importPorts } from "#lib/aws/ports.ts";
import { uploads } from "#lib/lambda/uploads.ts";

export const handler = uploads(() => importPorts(config));
