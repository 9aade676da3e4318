import config from "#config";
import { applyPorts } from "#lib/aws/ports.ts";
import { eventQueue } from "#lib/lambda/event-queue.ts";
import { enabledSources } from "#lib/sources/enabled.ts";

export const handler = eventQueue(() => applyPorts(config, enabledSources(config)));
