import config from "#config";
import { operationPorts } from "#lib/wiring/function-ports.ts";
import { operations } from "#lib/handlers/operations.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";

export const handler = operations(() => operationPorts(config, enabledSources(config)));
