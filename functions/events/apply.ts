import config from "#config";
import { eventQueuePorts } from "#lib/wiring/function-ports.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { withRenewals } from "#lib/handlers/renewals.ts";
import { speakingSources } from "#lib/wiring/enabled-sources.ts";

const sources = speakingSources(config);
const open = () => ({ ...eventQueuePorts(config, sources), sources });

export const handler = withRenewals(eventQueue(open), open);
