import config from "#config";
import { eventQueuePorts } from "#lib/aws/ports.ts";
import { eventQueue } from "#lib/lambda/event-queue.ts";
import { enabledSources } from "#lib/sources/enabled.ts";

export const handler = eventQueue(() => eventQueuePorts(config, enabledSources(config)));
