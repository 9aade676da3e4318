import config from "#config";
import { operationPorts } from "#lib/wiring/function-ports.ts";
import { operations } from "#lib/handlers/operations.ts";
import { speakingSources } from "#lib/wiring/enabled-sources.ts";

export const handler = operations(() => operationPorts(config, speakingSources(config)));
