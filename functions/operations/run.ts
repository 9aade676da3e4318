import config from "#config";
import { operationPorts } from "#lib/aws/ports.ts";
import { operations } from "#lib/lambda/operations.ts";
import { enabledSources } from "#lib/sources/enabled.ts";

export const handler = operations(() => operationPorts(config, enabledSources(config)));
