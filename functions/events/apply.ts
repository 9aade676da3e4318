import config from "#config";
import { eventQueuePorts } from "#lib/wiring/function-ports.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { speakingSources } from "#lib/wiring/enabled-sources.ts";

export const handler = eventQueue(() => eventQueuePorts(config, speakingSources(config)));
